#include <gmock/gmock.h>

#include "api/carried_history.hpp"
#include "api/time_convert.hpp"
#include "tests/unit/shard/rig.hpp"

// Workflow tasks that a worker runs with the activity before them: what it is given, what is written, what a crash leaves.

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using activity_task = pb::service::PollActivityTaskQueueResponse;
using completed_activity = pb::service::RespondActivityTaskCompletedRequest;

shard_options unhurried() {
    shard_options made;
    made.commit_delay = 2ms;
    made.answer_delay = 20ms;
    return made;
}

void stay(pb::service::RespondWorkflowTaskCompletedRequest& answer) {
    auto& sticky = *answer.mutable_sticky_attributes();
    sticky.mutable_worker_task_queue()->set_name("q-sticky");
    sticky.mutable_schedule_to_start_timeout()->set_seconds(5);
    sticky.set_perdure_foresees(true);
    answer.set_identity("worker");
}

/// The worker that foresees answers the run's workflow task with an activity.
void schedule_next(shard_rig& rig, const std::string& id, const std::string& activity) {
    pb::service::RespondWorkflowTaskCompletedRequest answer;
    answer.set_namespace_("default");
    answer.set_task_token(rig.must(rig.take_task_of(id)).task_token());
    *answer.add_commands() = activity_command(activity);
    stay(answer);
    static_cast<void>(rig.ask(&history_shard::respond_workflow_task_completed, answer));
}

/// A new run whose worker foresees; it takes the first activity.
activity_task foreseeing_run(shard_rig& rig, const std::string& id) {
    rig.must(rig.start(id));
    schedule_next(rig, id, "a");
    auto task = rig.must(rig.take_activity_task());
    if (task.has_perdure_foreseen_task()) unpack_history(*task.mutable_perdure_foreseen_task());
    return task;
}

/// The result with the answer to the task that came with the activity.
completed_activity result_and_answer(const shard_rig& rig, const activity_task& task, const std::string& next_activity) {
    completed_activity request;
    request.set_namespace_("default");
    request.set_task_token(task.task_token());
    request.set_identity("worker");
    auto& foreseen = *request.mutable_perdure_foreseen();
    foreseen.set_started_event_id(task.perdure_foreseen_task().started_event_id());
    *foreseen.mutable_time() = to_timestamp(rig.now);
    *foreseen.mutable_answer()->add_commands() = activity_command(next_activity);
    stay(*foreseen.mutable_answer());
    return request;
}

/// After a restart: what waits is offered again.
void offer_again(shard_rig& rig) {
    rig.shard().outstanding({"default", "q", task_kind::activity, false}, {}, 10, [&](auto page) {
        for (const offered_task& task : rig.must(std::move(page)).tasks) rig.task_offered(task);
    });
}

bool has_event(shard_rig& rig, const std::string& id, pb::enums::EventType type, int times = 1) {
    const auto events = rig.history(id);
    return std::ranges::count(events, type, &pb::history::HistoryEvent::event_type) >= times;
}

TEST(ShardForeseen, AnActivityBringsTheTaskThatFollowsIt) {
    shard_rig rig(unhurried());
    const auto task = foreseeing_run(rig, "o-1");
    ASSERT_TRUE(task.has_perdure_foreseen_task());
    const auto& events = task.perdure_foreseen_task().history().events();
    ASSERT_EQ(events.size(), 6);
    const auto stored = rig.history("o-1");
    for (int place = 0; place < 2; ++place) {
        EXPECT_EQ(events[place].SerializeAsString(), stored[static_cast<std::size_t>(place) + 3].SerializeAsString());
    }
    EXPECT_EQ(events[5].event_id(), task.perdure_foreseen_task().started_event_id());
}

TEST(ShardForeseen, ResultAnswerAndTheNextActivityAreOneRecordAndOneWrite) {
    shard_rig rig(unhurried());
    const auto task = foreseeing_run(rig, "o-1");
    const int before = rig.watched.commits;
    const auto answered = rig.ask(&history_shard::respond_activity_task_completed, result_and_answer(rig, task, "b"));
    EXPECT_EQ(answered.error().code, status_code::deadline_exceeded) << "its worker has time";
    EXPECT_EQ(rig.watched.commits, before);
    const auto next = rig.must(rig.take_activity_task());
    EXPECT_EQ(rig.watched.commits, before + 1);
    EXPECT_EQ(next.activity_id(), "b");
    EXPECT_TRUE(next.has_perdure_foreseen_task()) << "and so on";
    EXPECT_TRUE(rig.shard().idle());
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardForeseen, AnActivityThatTravelsInTheAnswerBringsItsTaskToo) {
    shard_rig rig(unhurried());
    const auto task = foreseeing_run(rig, "o-1");
    auto request = result_and_answer(rig, task, "b");
    request.mutable_perdure_foreseen()
        ->mutable_answer()
        ->mutable_commands(0)
        ->mutable_schedule_activity_task_command_attributes()
        ->set_request_eager_execution(true);
    const auto answered = rig.must(rig.ask(&history_shard::respond_activity_task_completed, request));
    ASSERT_TRUE(answered.has_perdure_foreseen());
    ASSERT_EQ(answered.perdure_foreseen().activity_tasks_size(), 1);
    EXPECT_TRUE(answered.perdure_foreseen().activity_tasks(0).has_perdure_foreseen_task());
    EXPECT_FALSE(answered.perdure_foreseen().activity_tasks(0).task_token().empty());
    EXPECT_TRUE(rig.shard().idle()) << "work leaves when its cause is durable";
}

TEST(ShardForeseen, WhatACrashTookIsTakenAgain) {
    shard_rig rig(unhurried());
    const auto task = foreseeing_run(rig, "o-1");
    const auto request = result_and_answer(rig, task, "b");
    static_cast<void>(rig.ask(&history_shard::respond_activity_task_completed, request));
    rig.restart();
    EXPECT_FALSE(has_event(rig, "o-1", pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED)) << "no activity left before this";
    static_cast<void>(rig.ask(&history_shard::respond_activity_task_completed, request));
    const auto next = rig.must(rig.take_activity_task());
    EXPECT_EQ(next.activity_id(), "b");
    EXPECT_TRUE(has_event(rig, "o-1", pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 2));
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardForeseen, WhatWasWrittenBeforeACrashIsNotTakenTwice) {
    shard_rig rig(unhurried());
    const auto task = foreseeing_run(rig, "o-1");
    const auto request = result_and_answer(rig, task, "b");
    static_cast<void>(rig.ask(&history_shard::respond_activity_task_completed, request));
    rig.pass(20ms);
    rig.restart();
    EXPECT_EQ(rig.ask(&history_shard::respond_activity_task_completed, request).error().code, status_code::not_found);
    EXPECT_FALSE(has_event(rig, "o-1", pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 2));
    offer_again(rig);
    EXPECT_EQ(rig.must(rig.take_activity_task()).activity_id(), "b") << "the activity that it scheduled is offered again";
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardForeseen, AnAnswerThatComesTooLateEndsTheGuessing) {
    shard_rig rig(unhurried());
    const auto task = foreseeing_run(rig, "o-1");
    const auto request = result_and_answer(rig, task, "b");
    rig.must(rig.signal("o-1"));
    static_cast<void>(rig.ask(&history_shard::respond_activity_task_completed, request));
    schedule_next(rig, "o-1", "c");
    const auto next = rig.must(rig.take_activity_task());
    EXPECT_EQ(next.activity_id(), "c") << "what the foreseen answer commanded never happened";
    EXPECT_FALSE(next.has_perdure_foreseen_task());
    EXPECT_TRUE(foreseeing_run(rig, "o-2").has_perdure_foreseen_task()) << "other runs are as they were";
}

TEST(ShardForeseen, ARunWhoseEventsAreNotInMemoryIsNotReadForAGuess) {
    auto options = unhurried();
    options.tail_bytes = 0;
    shard_rig rig(options);
    rig.must(rig.start("o-1"));
    schedule_next(rig, "o-1", "a");
    rig.pass(20ms);
    rig.restart();
    offer_again(rig);
    EXPECT_FALSE(rig.must(rig.take_activity_task()).has_perdure_foreseen_task());
}

}  // namespace
}  // namespace perdure::history
