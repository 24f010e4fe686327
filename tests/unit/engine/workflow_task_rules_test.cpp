#include <gtest/gtest.h>

#include "api/time_convert.hpp"
#include "history_service/engine/workflow_task.hpp"
#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

TEST(WorkflowTask, Rule07_EventsOfACompletionStandInTheirOrder) {
    story s;
    s.turn({schedule("a"), schedule("b")});
    s.take_activity();
    s.take_activity();
    ASSERT_TRUE(s.signal("wake").has_value());
    s.take();
    ASSERT_TRUE(s.finish("b").has_value());
    ASSERT_TRUE(s.signal("mid").has_value());
    ASSERT_TRUE(s.answer({start_timer("t", 60s), marker("m")}).has_value());
    EXPECT_EQ(s.history_from(10),
              "10 WORKFLOW_TASK_COMPLETED\n"
              "11 TIMER_STARTED t\n"
              "12 MARKER_RECORDED m\n"
              "13 ACTIVITY_TASK_STARTED of 6\n"
              "14 WORKFLOW_EXECUTION_SIGNALED mid\n"
              "15 ACTIVITY_TASK_COMPLETED of 6 started 13\n"
              "16 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(WorkflowTask, Rule07_ACommandBehindAClosingOneIsRefusedAndNothingHappens) {
    story s;
    s.take();
    const auto answered = s.answer({complete(), marker("m")});
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, status_code::invalid_argument);
    EXPECT_EQ(s.run().history.size(), 3U);
    EXPECT_TRUE(s.answer({complete()}).has_value()) << "the task is still there to be answered";
}

TEST(WorkflowTask, Rule10_AClosingCommandOverUnreadEventsFailsTheTask) {
    story s;
    s.take();
    ASSERT_TRUE(s.signal("late").has_value());
    const auto answered = s.answer({complete()});
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, status_code::invalid_argument);
    EXPECT_EQ(s.history_from(4),
              "4 WORKFLOW_TASK_FAILED UNHANDLED_COMMAND\n"
              "5 WORKFLOW_EXECUTION_SIGNALED late\n"
              "6 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(WorkflowTask, Rule10_SignalsWaitWhileTheFollowUpOfAFailedCloseRuns) {
    story s;
    s.take();
    ASSERT_TRUE(s.signal("late").has_value());
    ASSERT_FALSE(s.answer({complete()}).has_value());
    EXPECT_TRUE(s.signal("before it starts").has_value());
    s.take();
    const auto refused = s.signal("while it runs");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, status_code::resource_exhausted);
    EXPECT_TRUE(refused.error().retryable());
    ASSERT_TRUE(s.answer({}).has_value());
    EXPECT_TRUE(s.signal("after it").has_value());
}

TEST(WorkflowTask, Rule11_ATooLargePayloadFailsTheTaskAndNeverTheRun) {
    story s;
    s.take();
    const auto answered = s.answer({complete('"' + std::string(3 * 1024 * 1024, 'x') + '"')});
    ASSERT_FALSE(answered.has_value());
    EXPECT_NE(answered.error().message.find("exceeds size limit"), std::string::npos) << answered.error().message;
    EXPECT_EQ(s.history_from(4), "4 WORKFLOW_TASK_FAILED BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES\n");
    EXPECT_TRUE(s.run().state.running());
}

TEST(WorkflowTask, Rule11_BadCommandsOfALaterAttemptChangeNothing) {
    story s;
    for (int attempt = 1; attempt <= 3; ++attempt) {
        s.take();
        ASSERT_FALSE(s.answer({start_timer("", 1s)}).has_value());
        if (attempt == 1) continue;
        EXPECT_TRUE(s.run().state.workflow_task.is_started()) << "left to its time-out";
        s.pass(10s);
    }
    EXPECT_EQ(s.history_from(4), "4 WORKFLOW_TASK_FAILED BAD_START_TIMER_ATTRIBUTES\n");
    EXPECT_EQ(s.run().state.workflow_task.attempt, 4);
}

TEST(WorkflowTask, Rule12_TransientAttemptsAreSentAndNotStored) {
    story s;
    s.take();
    ASSERT_TRUE(s.fail_task().has_value());
    s.pass(1s);
    const auto task = s.take();
    EXPECT_EQ(task.attempt(), 2);
    EXPECT_EQ(task.started_event_id(), 6);
    ASSERT_EQ(task.history().events_size(), 6);
    EXPECT_EQ(line_of(task.history().events(4)), "5 WORKFLOW_TASK_SCHEDULED attempt 2");
    EXPECT_EQ(s.run().history.size(), 4U);
    ASSERT_TRUE(s.fail_task().has_value());
    EXPECT_EQ(s.run().history.size(), 4U) << "a failure of a transient attempt writes nothing";
    const auto scheduled = s.run().state.workflow_task.scheduled_time;
    EXPECT_EQ(s.take().attempt(), 3);
    s.pass(1s);
    ASSERT_TRUE(s.answer({complete()}).has_value());
    EXPECT_EQ(s.history_from(4),
              "4 WORKFLOW_TASK_FAILED WORKFLOW_WORKER_UNHANDLED_FAILURE\n"
              "5 WORKFLOW_TASK_SCHEDULED attempt 3\n"
              "6 WORKFLOW_TASK_STARTED\n"
              "7 WORKFLOW_TASK_COMPLETED\n"
              "8 WORKFLOW_EXECUTION_COMPLETED\n");
    EXPECT_EQ(from_timestamp(s.run().history.at(4).event_time()), scheduled);
}

TEST(WorkflowTask, Rule12_AnEventMakesATransientTaskAStoredOne) {
    story s;
    s.take();
    ASSERT_TRUE(s.fail_task().has_value());
    ASSERT_TRUE(s.signal("news").has_value());
    EXPECT_EQ(s.describe().pending_workflow_task().attempt(), 2);
    EXPECT_EQ(s.take().attempt(), 1);
    EXPECT_EQ(s.history_from(5),
              "5 WORKFLOW_EXECUTION_SIGNALED news\n"
              "6 WORKFLOW_TASK_SCHEDULED\n"
              "7 WORKFLOW_TASK_STARTED\n");
}

TEST(WorkflowTask, Rule12_ASignalDuringATransientAttemptIsBuffered) {
    story s;
    s.take();
    ASSERT_TRUE(s.fail_task().has_value());
    s.take();
    ASSERT_TRUE(s.signal("news").has_value());
    ASSERT_TRUE(s.answer({}).has_value());
    EXPECT_EQ(s.history_from(5),
              "5 WORKFLOW_TASK_SCHEDULED attempt 2\n"
              "6 WORKFLOW_TASK_STARTED\n"
              "7 WORKFLOW_TASK_COMPLETED\n"
              "8 WORKFLOW_EXECUTION_SIGNALED news\n"
              "9 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(WorkflowTask, Rule12_TheTimeoutGrowsFromTheFourthAttemptOn) {
    const auto grown = [](std::int32_t attempt) { return grown_timeout(10s, attempt, 10min); };
    EXPECT_EQ(grown(1), 10s);
    EXPECT_EQ(grown(3), 10s);
    EXPECT_EQ(grown(4), 15s);
    EXPECT_EQ(grown(5), 20s);
    EXPECT_EQ(grown(6), 30s);
    EXPECT_EQ(grown(10), 330s);
    EXPECT_EQ(grown(11), 610s);
    EXPECT_EQ(grown(1'000'000), 610s);
}

TEST(WorkflowTask, Rule14_AFailureOnAStickyQueueCostsTheStickinessAndNoAttempt) {
    story s;
    s.sticky_turn();
    ASSERT_TRUE(s.signal("go").has_value());
    EXPECT_EQ(s.take("q-sticky").history().events(0).event_id(), 4) << "only what the worker does not have";
    ASSERT_TRUE(s.fail_task().has_value());
    EXPECT_EQ(s.history_from(6),
              "6 WORKFLOW_TASK_SCHEDULED sticky\n"
              "7 WORKFLOW_TASK_STARTED\n"
              "8 WORKFLOW_TASK_FAILED WORKFLOW_WORKER_UNHANDLED_FAILURE\n"
              "9 WORKFLOW_TASK_SCHEDULED\n");
    EXPECT_EQ(s.take("q").history().events_size(), 10) << "on the normal queue the whole history travels";
}

TEST(WorkflowTask, Rule14_ATaskNobodyTakesFromTheStickyQueueGoesBackToTheNormalOne) {
    story s;
    s.sticky_turn();
    ASSERT_TRUE(s.signal("go").has_value());
    s.pass(4999ms);
    EXPECT_TRUE(s.has_task("q-sticky"));
    s.pass(1ms);
    EXPECT_TRUE(s.has_task("q"));
    EXPECT_EQ(s.history_from(7), "7 WORKFLOW_TASK_TIMED_OUT SCHEDULE_TO_START\n8 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(WorkflowTask, Rule14_ATakerFromTheNormalQueueGetsTheWholeHistory) {
    story s;
    s.sticky_turn();
    ASSERT_TRUE(s.signal("go").has_value());
    const auto tasks = outstanding_tasks(s.run().state);
    auto started = start_workflow_task(s.run().state, s.run().book, s.host.env(), tasks.front().task, {"other", false});
    ASSERT_TRUE(started.has_value());
    EXPECT_FALSE(started->task.sticky);
    EXPECT_EQ(started->task.stored_events, (event_range{1, 7}));
    s.host.commit(s.run(), std::move(started->change));
}

TEST(WorkflowTask, Rule15_StartToCloseCountsTheAttempt) {
    story s;
    s.take();
    s.pass(10s);
    EXPECT_EQ(s.history_from(4), "4 WORKFLOW_TASK_TIMED_OUT START_TO_CLOSE\n");
    EXPECT_EQ(s.take().attempt(), 2);
    s.pass(10s);
    EXPECT_EQ(s.run().history.size(), 4U);
    EXPECT_EQ(s.take().attempt(), 3);
}

TEST(WorkflowTask, Rule15_HalfAnHourOfHeartbeatsIsATimeoutAlthoughTheTaskAnswers) {
    story s;
    pb::service::RespondWorkflowTaskCompletedRequest heartbeat;
    heartbeat.set_force_create_new_workflow_task(true);
    for (int beat = 0; beat <= 200; ++beat) {
        s.take();
        s.pass(9s);
        ASSERT_TRUE(s.answer(heartbeat).has_value());
        if (s.history().ends_with("START_TO_CLOSE\n")) {
            EXPECT_EQ(beat, 200) << "beats come every 9 seconds, and the total is half an hour";
            EXPECT_EQ(s.run().state.workflow_task.attempt, 2);
            return;
        }
    }
    FAIL() << "the heartbeats were never cut off";
}

TEST(WorkflowTask, Rule15_AHeartbeatWithCommandsIsProgress) {
    story s;
    for (int beat = 0; beat < 210; ++beat) {
        s.take();
        s.pass(9s);
        pb::service::RespondWorkflowTaskCompletedRequest heartbeat;
        heartbeat.set_force_create_new_workflow_task(true);
        *heartbeat.add_commands() = marker("m");
        ASSERT_TRUE(s.answer(heartbeat).has_value());
    }
    EXPECT_EQ(s.history().find("TIMED_OUT"), std::string::npos);
}

TEST(WorkflowTask, TheNextOneTravelsInTheAnswerIfTheWorkerAsks) {
    story s;
    s.take();
    ASSERT_TRUE(s.signal("go").has_value());
    pb::service::RespondWorkflowTaskCompletedRequest request;
    request.set_return_new_workflow_task(true);
    const auto answered = s.answer(request);
    ASSERT_TRUE(answered.has_value());
    EXPECT_EQ(answered->workflow_task().started_event_id(), 7);
    EXPECT_EQ(answered->workflow_task().previous_started_event_id(), 3);
    EXPECT_FALSE(s.has_task());
}

TEST(WorkflowTask, AStartThatWasLostInACrashIsToldFromTheOneInItsPlace) {
    story s;
    auto before_crash = s.run().state;
    const auto lost = s.take();
    // The record of the start never became durable: the state is what it was, and another worker gets the task.
    s.run().state = before_crash;
    s.run().folded = before_crash;
    s.run().history.resize(2);
    s.run().rows = {outstanding_tasks(before_crash).front().task};
    s.pass(1ms);
    const auto taken = s.take();
    EXPECT_EQ(taken.started_event_id(), lost.started_event_id());
    pb::service::RespondWorkflowTaskCompletedRequest late;
    late.set_task_token(lost.task_token());
    const auto answered = s.host.complete(late);
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, status_code::not_found);
    EXPECT_TRUE(s.answer({complete()}).has_value());
}

TEST(WorkflowTask, ALostWorkersTaskIsDeliveredAgainWithTheWholeHistory) {
    story s;
    s.sticky_turn();
    ASSERT_TRUE(s.signal("go").has_value());
    auto started = start_workflow_task(s.run().state, s.run().book, s.host.env(), outstanding_tasks(s.run().state).front().task,
                                       {"lost", true});
    s.host.commit(s.run(), std::move(started->change));
    const auto again = redeliver_workflow_task(s.run().state, s.run().book, started->task.claim);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->claim, started->task.claim);
    EXPECT_EQ(again->stored_events, (event_range{1, 7}));
    auto other = started->task.claim;
    other.request_id = "another start";
    EXPECT_FALSE(redeliver_workflow_task(s.run().state, s.run().book, other).has_value());
}

}  // namespace
}  // namespace perdure::history::test
