#include <gmock/gmock.h>

#include "tests/unit/shard/rig.hpp"

namespace perdure::history {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;

shard_options patient() {
    shard_options made;
    made.commit_delay = 2ms;
    made.answer_delay = 20ms;
    return made;
}

// A run whose activity is with a worker, and nothing of which waits.
pb::service::PollActivityTaskQueueResponse with_activity(shard_rig& rig, const std::string& id, const std::string& activity) {
    rig.must(rig.start(id));
    static_cast<void>(rig.complete(rig.must(rig.take_task_of(id)), {activity_command(activity)}));
    return rig.must(rig.take_activity_task());
}

// The activity ends, and the worker gets the workflow task for it while both are in memory only.
pb::service::PollWorkflowTaskQueueResponse ahead_of_the_disk(shard_rig& rig, const std::string& id) {
    const auto activity = with_activity(rig, id, "a");
    EXPECT_EQ(rig.complete(activity).error().code, status_code::deadline_exceeded) << "its worker has time";
    const int before = rig.watched.commits;
    auto task = rig.must(rig.take_task_of(id));
    EXPECT_EQ(rig.watched.commits, before);
    EXPECT_FALSE(rig.shard().idle());
    return task;
}

// The last event of the run's history; 0 without any.
int last_event(shard_rig& rig, const std::string& id) {
    const auto events = rig.history(id);
    return events.empty() ? 0 : events.back().event_type();
}

TEST(ShardAnswerDelay, LeavesARunOutUntilItsWorkerAnswers) {
    shard_rig rig(patient());
    const auto task = ahead_of_the_disk(rig, "o-1");
    const int before = rig.watched.commits;
    rig.must(rig.start("o-2"));
    EXPECT_EQ(rig.watched.commits, before + 1);
    EXPECT_EQ(rig.watched.last_runs, 1U) << "who waits for another run does not take this one along";
    static_cast<void>(rig.complete(task, {activity_command("b")}));
    rig.must(rig.take_activity_task());
    EXPECT_EQ(rig.watched.commits, before + 2) << "result, task, answer and the next activity are one write";
    EXPECT_EQ(rig.watched.last_runs, 1U);
    EXPECT_TRUE(rig.shard().idle());
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardAnswerDelay, WritesARunWhoseWorkerNeverAnswers) {
    shard_rig rig(patient());
    const auto task = ahead_of_the_disk(rig, "o-1");
    const int before = rig.watched.commits;
    EXPECT_EQ(rig.shard().next_due(), rig.now + 20ms);
    rig.pass(19ms);
    EXPECT_EQ(rig.watched.commits, before);
    rig.pass(1ms);
    EXPECT_EQ(rig.watched.commits, before + 1);
    EXPECT_TRUE(rig.shard().idle());
    rig.restart();
    static_cast<void>(rig.complete(task, {complete_command()}));
    rig.pass(2ms);
    EXPECT_EQ(rig.info("o-1").status(), pb::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED) << "its start was known";
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardAnswerDelay, IsNotMadeLongerByWhatComesMeanwhile) {
    shard_rig rig(patient());
    rig.must(rig.start("o-1"));
    static_cast<void>(
        rig.complete(rig.must(rig.take_workflow_task()), {activity_command("a"), activity_command("b"), activity_command("c")}));
    std::vector<pb::service::PollActivityTaskQueueResponse> activities;
    for (int i = 0; i < 3; ++i) activities.push_back(rig.must(rig.take_activity_task()));
    static_cast<void>(rig.complete(activities[0]));
    rig.must(rig.take_workflow_task());
    const int before = rig.watched.commits;
    rig.pass(9ms);
    static_cast<void>(rig.complete(activities[1]));
    rig.pass(9ms);
    static_cast<void>(rig.complete(activities[2]));
    EXPECT_EQ(rig.watched.commits, before);
    rig.pass(2ms);
    EXPECT_EQ(rig.watched.commits, before + 1);
    EXPECT_TRUE(rig.shard().idle());
}

TEST(ShardAnswerDelay, IsNotMadeLongerByASlowDisk) {
    shard_rig rig(patient());
    rig.must(rig.start("o-1"));
    static_cast<void>(rig.complete(rig.must(rig.take_workflow_task()), {activity_command("a"), activity_command("b")}));
    const auto first = rig.must(rig.take_activity_task());
    const auto second = rig.must(rig.take_activity_task());
    ASSERT_TRUE(rig.shard().idle());
    rig.writes.at_once = false;
    static_cast<void>(rig.start("o-2"));
    ASSERT_EQ(rig.writes.waiting(), 1U);
    static_cast<void>(rig.complete(first));
    const auto task = rig.must(rig.take_task_of("o-1"));
    rig.pass(19ms);
    static_cast<void>(rig.complete(task));
    // Its time is up while it would go, if the disk were ready.
    rig.pass(1ms);
    static_cast<void>(rig.complete(second));
    rig.must(rig.take_task_of("o-1"));
    ASSERT_TRUE(rig.writes.step());
    EXPECT_EQ(rig.writes.waiting(), 1U);
    ASSERT_TRUE(rig.writes.step());
    EXPECT_TRUE(rig.shard().idle());
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardAnswerDelay, LooksAtEachRunWhenItsOwnTimeIsUp) {
    shard_rig rig(patient());
    const auto first = ahead_of_the_disk(rig, "o-1");
    rig.pass(5ms);
    const auto second = ahead_of_the_disk(rig, "o-2");
    const int before = rig.watched.commits;
    rig.pass(15ms);
    EXPECT_EQ(rig.watched.commits, before + 1);
    EXPECT_EQ(rig.watched.last_runs, 1U);
    EXPECT_EQ(rig.shard().next_due(), rig.now + 5ms);
    rig.pass(5ms);
    EXPECT_EQ(rig.watched.commits, before + 2);
    EXPECT_TRUE(rig.shard().idle());
}

TEST(ShardAnswerDelay, NeverDelaysAClient) {
    shard_rig rig(patient());
    static_cast<void>(ahead_of_the_disk(rig, "o-1"));
    EXPECT_TRUE(rig.signal("o-1")) << "answered without a moment passing";
    EXPECT_TRUE(rig.shard().idle());

    static_cast<void>(ahead_of_the_disk(rig, "o-2"));
    EXPECT_EQ(rig.info("o-2").history_length(), 9) << "what is told is durable";
    EXPECT_TRUE(rig.shard().idle());

    static_cast<void>(ahead_of_the_disk(rig, "o-3"));
    EXPECT_EQ(rig.history("o-3").size(), 9U);
    EXPECT_TRUE(rig.shard().idle());

    static_cast<void>(ahead_of_the_disk(rig, "o-4"));
    rig.must(rig.terminate("o-4"));
    EXPECT_TRUE(rig.shard().idle());
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardAnswerDelay, AQuestionAboutAQueueTakesEverythingAlong) {
    shard_rig rig(patient());
    static_cast<void>(ahead_of_the_disk(rig, "o-1"));
    static_cast<void>(ahead_of_the_disk(rig, "o-2"));
    bool answered = false;
    rig.shard().outstanding({"default", "q", task_kind::workflow, false}, {}, 10, [&](auto page) {
        ASSERT_TRUE(page);
        EXPECT_THAT(page->tasks, IsEmpty());
        answered = true;
    });
    EXPECT_TRUE(answered);
    EXPECT_EQ(rig.watched.last_runs, 2U);
    EXPECT_TRUE(rig.shard().idle());
}

TEST(ShardAnswerDelay, ARunAndTheRunThatFollowsItAreWrittenTogether) {
    shard_rig rig(patient());
    const auto task = ahead_of_the_disk(rig, "o-1");
    rig.writes.at_once = false;
    pb::command::Command again;
    again.set_command_type(pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    again.mutable_continue_as_new_workflow_execution_command_attributes()->mutable_workflow_type()->set_name("wf");
    static_cast<void>(rig.complete(task, {again}));
    // The worker has the first task of the new run before any of both is written.
    rig.must(rig.take_task_of("o-1"));
    rig.pass(2ms);
    ASSERT_TRUE(rig.writes.step());
    EXPECT_EQ(rig.watched.last_runs, 2U);
    rig.writes.at_once = true;
    rig.restart();
    EXPECT_EQ(rig.info("o-1").history_length(), 3);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardAnswerDelay, ADeletedRunIsGoneAtOnce) {
    shard_rig rig(patient());
    static_cast<void>(ahead_of_the_disk(rig, "o-1"));
    pb::service::DeleteWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("o-1");
    EXPECT_TRUE(rig.ask(&history_shard::delete_workflow_execution, request));
    EXPECT_TRUE(rig.shard().idle());
    EXPECT_EQ(rig.signal("o-1").error().code, status_code::not_found);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardAnswerDelay, WhatRanAheadOfACrashNeverHappened) {
    shard_rig rig(patient());
    const auto task = ahead_of_the_disk(rig, "o-1");
    rig.restart();
    EXPECT_EQ(rig.complete(task, {complete_command()}).error().code, status_code::not_found);
    EXPECT_EQ(last_event(rig, "o-1"), pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
        << "the activity is with its worker as before";
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardAnswerDelay, NoActivityLeavesWhoseScheduleWasLost) {
    shard_rig rig(patient());
    const auto task = ahead_of_the_disk(rig, "o-1");
    rig.writes.at_once = false;
    static_cast<void>(rig.complete(task, {activity_command("b")}));
    ASSERT_EQ(rig.offers.size(), 1U);
    std::optional<status_code> refused;
    rig.shard().start_activity_task(rig.offers[0].run, rig.offers[0].task, {"worker"}, [&](auto given) {
        ASSERT_FALSE(given) << "an activity that nobody would remember";
        refused = given.error().code;
    });
    EXPECT_FALSE(refused);
    rig.watched.commit_failure = service_failure{status_code::unavailable, "no space"};
    ASSERT_TRUE(rig.writes.step());
    EXPECT_EQ(refused, std::optional{status_code::unavailable});
    rig.watched.commit_failure.reset();
    rig.writes.at_once = true;
    rig.sleep(2s);
    EXPECT_EQ(rig.complete(task, {activity_command("b")}).error().code, status_code::not_found);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

TEST(ShardAnswerDelay, AFailedCommitOfOthersIsTheEndOfWhatWasLeftOutToo) {
    shard_rig rig(patient());
    const auto task = ahead_of_the_disk(rig, "o-1");
    rig.watched.commit_failure = service_failure{status_code::unavailable, "no space"};
    EXPECT_EQ(rig.start("o-2").error().code, status_code::unavailable);
    rig.watched.commit_failure.reset();
    EXPECT_TRUE(rig.shard().idle());
    EXPECT_EQ(rig.complete(task, {complete_command()}).error().code, status_code::not_found);
    EXPECT_EQ(last_event(rig, "o-1"), pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
    EXPECT_THAT(rig.findings(), IsEmpty());
}

}  // namespace
}  // namespace perdure::history
