#include "server/runtime/measured_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/proto.hpp"
#include "history_service/journal.pb.h"
#include "history_service/store/memory/memory_store.hpp"
#include "server/stream/task_metrics.hpp"

namespace perdure::server {
namespace {

using history::v1::JournalRecord;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void add_event(JournalRecord& record, pb::enums::EventType type) {
    auto& event = *record.add_changes()->mutable_event();
    event.set_event_id(7);
    event.mutable_event_time()->set_seconds(3);
    event.set_event_type(type);
    event.mutable_activity_task_completed_event_attributes()->set_identity("w");
}

JournalRecord ending_record() {
    JournalRecord record;
    record.set_sequence(1);
    record.mutable_time()->set_seconds(9);
    record.add_changes()->mutable_run_created()->set_run_id("r");
    add_event(record, pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
    record.add_changes()->mutable_buffered_event()->set_event_type(pb::enums::EVENT_TYPE_TIMER_FIRED);
    record.add_changes()->mutable_flushed_event()->set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    add_event(record, pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    return record;
}

TEST(EventTypes, AreReadOutOfARecord) {
    EXPECT_THAT(event_types_in(ending_record().SerializeAsString()),
                ElementsAre(pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED, pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
                            pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED));
}

TEST(EventTypes, ATornRecordIsNotReadBeyondItsEnd) {
    const std::string whole = ending_record().SerializeAsString();
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_LE(event_types_in(std::string_view(whole).substr(0, length)).size(), 3U);
    EXPECT_THAT(event_types_in(""), IsEmpty());
    EXPECT_THAT(event_types_in("\xff\xff\xff"), IsEmpty());
}

history::commit_batch batch_of(std::int64_t epoch, history::run_number run) {
    history::run_write write;
    write.run = run;
    write.created = history::run_key{"default", "o-1", "r-1"};
    write.records.push_back({.sequence = 1, .first_event_id = 1, .event_count = 3, .bytes = ending_record().SerializeAsString()});
    write.visibility = history::visibility_row{.run = run, .namespace_name = "default", .workflow_id = "o-1", .run_id = "r-1"};
    write.visibility->close_time = wall_time{};
    write.visibility->history_length = 3;
    history::commit_batch batch;
    batch.epoch = epoch;
    batch.runs.push_back(std::move(write));
    return batch;
}

TEST(MeasuredStore, CountsWhatBecameDurable) {
    metrics measured;
    const auto store = measure_store(std::make_unique<history::memory_store>(), measured);
    const auto lease = store->acquire_lease("test");
    ASSERT_TRUE(lease);
    const auto committed = store->commit(batch_of(lease->epoch, lease->next_run));
    ASSERT_TRUE(committed) << committed.error().message;
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("\nstate_transition_count 1\n"));
    EXPECT_THAT(text, HasSubstr("\nworkflow_success 1\n"));
    EXPECT_THAT(text, HasSubstr("\nactivity_success 1\n"));
    EXPECT_THAT(text, HasSubstr("\nhistory_count_sum 3\n"));
}

TEST(MeasuredStore, CountsNothingOfACommitThatFailed) {
    metrics measured;
    const auto store = measure_store(std::make_unique<history::memory_store>(), measured);
    const auto lease = store->acquire_lease("test");
    ASSERT_TRUE(lease);
    EXPECT_FALSE(store->commit(batch_of(lease->epoch + 1, lease->next_run)));
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("\npersistence_errors 1\n"));
    EXPECT_THAT(text, testing::Not(HasSubstr("workflow_success")));
}

TEST(TaskMetrics, CountTasksAndTheirWait) {
    metrics measured;
    pb::worker::FromServer frame;
    auto& task = *frame.add_messages()->mutable_workflow_task()->mutable_task();
    task.set_task_token("t");
    task.set_attempt(1);
    task.mutable_scheduled_time()->set_seconds(10);
    task.mutable_started_time()->set_seconds(12);
    auto& eager = *frame.add_messages()->mutable_workflow_task_completed()->add_activity_tasks();
    eager.mutable_started_time()->set_seconds(1);
    frame.add_messages()->mutable_done();
    measure_tasks(frame, measured);
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("poll_success{task_type=\"Activity\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("poll_success{task_type=\"Workflow\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("task_schedule_to_start_latency_sum{task_type=\"Workflow\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("workflow_task_attempt_count 1\n"));
}

}  // namespace
}  // namespace perdure::server
