#include "server/runtime/measured_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/proto.hpp"
#include "history_service/journal.pb.h"
#include "history_service/store/lease.hpp"
#include "history_service/store/memory/memory_store.hpp"

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
    const std::string bytes = ending_record().SerializeAsString();
    std::vector<int> types;
    for (const recorded_event& event : events_in(bytes)) types.push_back(event.type);
    EXPECT_THAT(types,
                ElementsAre(pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED, pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
                            pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED));
}

TEST(EventTypes, ATornRecordIsNotReadBeyondItsEnd) {
    const std::string whole = ending_record().SerializeAsString();
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_LE(events_in(std::string_view(whole).substr(0, length)).size(), 3U);
    EXPECT_THAT(events_in(""), IsEmpty());
    EXPECT_THAT(events_in("\xff\xff\xff"), IsEmpty());
}

history::commit_batch batch_of(std::int64_t epoch, history::run_number run) {
    history::run_write write;
    write.run = run;
    write.created = history::run_key{"default", "o-1", "r-1"};
    write.records.push_back({.sequence = 1, .first_event_id = 1, .event_count = 3, .bytes = ending_record().SerializeAsString()});
    write.visibility = history::visibility_row{.run = run, .namespace_name = "default", .workflow_id = "o-1", .run_id = "r-1"};
    write.visibility->close_time = wall_time{};
    write.visibility->history_length = 3;
    write.history_bytes = 700;
    history::commit_batch batch;
    batch.epoch = epoch;
    batch.runs.push_back(std::move(write));
    return batch;
}

TEST(MeasuredStore, CountsWhatBecameDurable) {
    metrics measured;
    std::atomic<boot_time> last_commit{boot_time::min()};
    const auto store = measure_store(std::make_unique<history::memory_store>(), measured, last_commit);
    const auto lease = history::take_lease(*store, "test");
    ASSERT_TRUE(lease);
    const auto committed = store->commit(batch_of(lease->epoch, lease->next_run));
    ASSERT_TRUE(committed) << committed.error().message;
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("\nstate_transition_count 1\n"));
    EXPECT_THAT(text, HasSubstr("\npersistence_run_writes 1\n"));
    EXPECT_THAT(text, HasSubstr("\nworkflow_success 1\n"));
    EXPECT_THAT(text, HasSubstr("\nactivity_success 1\n"));
    EXPECT_THAT(text, HasSubstr("\nhistory_count_sum 3\n"));
    EXPECT_THAT(text, HasSubstr("\nhistory_size_sum 700\n"));
}

TEST(MeasuredStore, CountsNothingOfACommitThatFailed) {
    metrics measured;
    std::atomic<boot_time> last_commit{boot_time::min()};
    const auto store = measure_store(std::make_unique<history::memory_store>(), measured, last_commit);
    const auto lease = history::take_lease(*store, "test");
    ASSERT_TRUE(lease);
    EXPECT_FALSE(store->commit(batch_of(lease->epoch + 1, lease->next_run)));
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("\npersistence_errors 1\n"));
    EXPECT_THAT(text, testing::Not(HasSubstr("workflow_success")));
}

TEST(MeasuredStore, CountsTasksThatNobodyTookInTime) {
    metrics measured;
    std::atomic<boot_time> last_commit{boot_time::min()};
    const auto store = measure_store(std::make_unique<history::memory_store>(), measured, last_commit);
    const auto lease = history::take_lease(*store, "test");
    ASSERT_TRUE(lease);
    history::v1::JournalRecord record;
    const auto timed_out = [&](pb::enums::TimeoutType type) {
        auto& activity = *record.add_changes()->mutable_event();
        activity.set_event_type(pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT);
        activity.mutable_activity_task_timed_out_event_attributes()
            ->mutable_failure()
            ->mutable_timeout_failure_info()
            ->set_timeout_type(type);
        auto& task = *record.add_changes()->mutable_event();
        task.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT);
        task.mutable_workflow_task_timed_out_event_attributes()->set_timeout_type(type);
    };
    timed_out(pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
    timed_out(pb::enums::TIMEOUT_TYPE_START_TO_CLOSE);
    auto batch = batch_of(lease->epoch, lease->next_run);
    batch.runs.front().records.front().bytes = record.SerializeAsString();
    ASSERT_TRUE(store->commit(batch));
    const std::string text = measured.text();
    EXPECT_THAT(text, HasSubstr("\nschedule_to_start_timeout{task_type=\"Activity\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nschedule_to_start_timeout{task_type=\"Workflow\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nactivity_timeout 2\n"));
}

}  // namespace
}  // namespace perdure::server
