#include <gtest/gtest.h>

#include "api/ids.hpp"
#include "api/time_convert.hpp"
#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

using attributes = pb::command::ScheduleActivityTaskCommandAttributes;

struct timeouts_case {
    const char* name;
    /// Schedule to close, schedule to start, start to close, heartbeat; of the command, then of the event.
    milliseconds asked[4];
    milliseconds run_timeout;
    milliseconds expected[4];
};

class ActivityTimeouts : public testing::TestWithParam<timeouts_case> {};

TEST_P(ActivityTimeouts, AreNormalised) {
    const auto& row = GetParam();
    auto start = story::plain_start();
    *start.mutable_workflow_run_timeout() = to_duration(row.run_timeout);
    story s(start);
    auto command = activity("a");
    command.clear_start_to_close_timeout();
    *command.mutable_schedule_to_close_timeout() = to_duration(row.asked[0]);
    *command.mutable_schedule_to_start_timeout() = to_duration(row.asked[1]);
    *command.mutable_start_to_close_timeout() = to_duration(row.asked[2]);
    *command.mutable_heartbeat_timeout() = to_duration(row.asked[3]);
    s.turn({schedule(command)});
    const auto& scheduled = s.run().history.at(4).activity_task_scheduled_event_attributes();
    EXPECT_EQ(from_duration(scheduled.schedule_to_close_timeout()), row.expected[0]);
    EXPECT_EQ(from_duration(scheduled.schedule_to_start_timeout()), row.expected[1]);
    EXPECT_EQ(from_duration(scheduled.start_to_close_timeout()), row.expected[2]);
    EXPECT_EQ(from_duration(scheduled.heartbeat_timeout()), row.expected[3]);
    EXPECT_TRUE(scheduled.has_retry_policy()) << "every activity has a retry policy";
}

INSTANTIATE_TEST_SUITE_P(Rule01, ActivityTimeouts,
                         testing::Values(timeouts_case{"start_to_close_alone", {0s, 0s, 5s, 0s}, 0s, {0s, 0s, 5s, 0s}},
                                         timeouts_case{"start_to_close_in_a_run", {0s, 0s, 5s, 0s}, 100s, {100s, 100s, 5s, 0s}},
                                         timeouts_case{"schedule_to_close_alone", {7s, 0s, 0s, 0s}, 0s, {7s, 7s, 7s, 0s}},
                                         timeouts_case{"larger_ones_are_cut", {50s, 60s, 500s, 900s}, 0s, {50s, 50s, 50s, 50s}},
                                         timeouts_case{
                                             "the_run_cuts_all", {500s, 400s, 300s, 200s}, 100s, {100s, 100s, 100s, 100s}},
                                         timeouts_case{"heartbeat_below_start_to_close", {0s, 0s, 5s, 9s}, 0s, {0s, 0s, 5s, 5s}},
                                         timeouts_case{"smaller_ones_stay", {50s, 10s, 20s, 3s}, 0s, {50s, 10s, 20s, 3s}}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Activity, Rule02_IsRetriedAfterItsDelayAndNotBefore) {
    story s;
    s.turn({schedule("a")});
    s.take_activity();
    ASSERT_TRUE(s.break_down("a").has_value());
    EXPECT_FALSE(s.has_activity());
    s.pass(999ms);
    EXPECT_FALSE(s.has_activity());
    s.pass(1ms);
    ASSERT_TRUE(s.has_activity());
    EXPECT_EQ(s.take_activity().attempt(), 2);
    ASSERT_TRUE(s.break_down("a").has_value());
    s.pass(1999ms);
    EXPECT_FALSE(s.has_activity());
    s.pass(1ms);
    EXPECT_TRUE(s.has_activity());
}

TEST(Activity, Rule02_ANonRetryableFailureEndsIt) {
    story s;
    s.turn({schedule("a")});
    s.take_activity();
    auto failure = application_failure("never");
    failure.mutable_application_failure_info()->set_non_retryable(true);
    ASSERT_TRUE(s.break_down("a", failure).has_value());
    EXPECT_EQ(s.history_from(5),
              "5 ACTIVITY_TASK_SCHEDULED a\n"
              "6 ACTIVITY_TASK_STARTED of 5\n"
              "7 ACTIVITY_TASK_FAILED of 5 started 6 NON_RETRYABLE_FAILURE\n"
              "8 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Activity, Rule03_HasOneStartedEventWhateverTheNumberOfAttempts) {
    story s;
    s.turn({schedule("a")});
    for (int attempt = 1; attempt < 4; ++attempt) {
        s.take_activity();
        ASSERT_TRUE(s.break_down("a", application_failure("boom " + std::to_string(attempt))).has_value());
        s.pass(10s);
    }
    EXPECT_EQ(s.run().history.size(), 5U) << "nothing of an attempt is history while there may be another";
    const auto started = s.host.now;
    s.take_activity();
    s.pass(2s);
    ASSERT_TRUE(s.finish("a").has_value());
    EXPECT_EQ(s.history_from(6),
              "6 ACTIVITY_TASK_STARTED of 5 attempt 4 after boom 3\n"
              "7 ACTIVITY_TASK_COMPLETED of 5 started 6\n"
              "8 WORKFLOW_TASK_SCHEDULED\n");
    EXPECT_EQ(from_timestamp(s.run().history.at(5).event_time()), started) << "the event tells when the attempt started";
}

TEST(Activity, Rule04_ATimedOutAttemptIsRetriedAndTheLastOneSaysWhatItWas) {
    story s;
    auto command = activity("a");
    *command.mutable_start_to_close_timeout() = to_duration(1s);
    command.mutable_retry_policy()->set_maximum_attempts(2);
    s.turn({schedule(command)});
    s.take_activity();
    s.pass(1s);
    EXPECT_EQ(s.run().history.size(), 5U);
    s.pass(1s);
    s.take_activity();
    s.pass(1s);
    EXPECT_EQ(s.history_from(6),
              "6 ACTIVITY_TASK_STARTED of 5 attempt 2 after activity StartToClose timeout\n"
              "7 ACTIVITY_TASK_TIMED_OUT of 5 started 6 START_TO_CLOSE MAXIMUM_ATTEMPTS_REACHED\n"
              "8 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Activity, Rule04_WithoutTimeForAnotherAttemptTheTimeoutIsScheduleToClose) {
    story s;
    auto command = activity("a");
    *command.mutable_start_to_close_timeout() = to_duration(3s);
    *command.mutable_schedule_to_close_timeout() = to_duration(3500ms);
    s.turn({schedule(command)});
    s.take_activity();
    ASSERT_TRUE(s.beat("a", "\"half\"").has_value());
    s.pass(3s);
    EXPECT_EQ(s.history_from(6),
              "6 ACTIVITY_TASK_STARTED of 5\n"
              "7 ACTIVITY_TASK_TIMED_OUT of 5 started 6 SCHEDULE_TO_CLOSE TIMEOUT\n"
              "8 WORKFLOW_TASK_SCHEDULED\n");
    const auto& failure = s.run().history.at(6).activity_task_timed_out_event_attributes().failure();
    EXPECT_EQ(failure.timeout_failure_info().last_heartbeat_details().payloads(0).data(), "\"half\"");
}

TEST(Activity, Rule04_AllExpiredTimersAreHandledInOnePass) {
    story s;
    auto once = activity("a");
    once.mutable_retry_policy()->set_maximum_attempts(1);
    auto b = once;
    b.set_activity_id("b");
    *once.mutable_start_to_close_timeout() = to_duration(2s);
    *b.mutable_start_to_close_timeout() = to_duration(1s);
    s.turn({schedule(once), schedule(b)});
    s.take_activity();
    s.take_activity();
    // The clock jumps over both at once.
    s.host.now += 1h;
    query_outcome queries;
    s.host.commit(s.run(), fire_due(s.run().state, s.run().book, s.host.env(), queries));
    EXPECT_EQ(s.history_from(7),
              "7 ACTIVITY_TASK_STARTED of 6\n"
              "8 ACTIVITY_TASK_TIMED_OUT of 6 started 7 START_TO_CLOSE MAXIMUM_ATTEMPTS_REACHED\n"
              "9 ACTIVITY_TASK_STARTED of 5\n"
              "10 ACTIVITY_TASK_TIMED_OUT of 5 started 9 START_TO_CLOSE MAXIMUM_ATTEMPTS_REACHED\n"
              "11 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Activity, Rule04_ScheduleToStartIsNeverRetried) {
    story s;
    auto command = activity("a");
    *command.mutable_schedule_to_start_timeout() = to_duration(1s);
    s.turn({schedule(command)});
    s.pass(1s);
    EXPECT_EQ(s.history_from(6),
              "6 ACTIVITY_TASK_TIMED_OUT of 5 SCHEDULE_TO_START NON_RETRYABLE_FAILURE\n"
              "7 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Activity, Rule05_TheHeartbeatDeadlineMovesWithEachBeat) {
    story s;
    auto command = activity("a");
    *command.mutable_start_to_close_timeout() = to_duration(100s);
    *command.mutable_heartbeat_timeout() = to_duration(2s);
    s.turn({schedule(command)});
    s.take_activity();
    for (int beat = 0; beat < 5; ++beat) {
        s.pass(1900ms);
        ASSERT_TRUE(s.beat("a", std::to_string(beat)).has_value());
    }
    s.pass(1999ms);
    EXPECT_FALSE(s.run().state.activities.at(5).in_backoff);
    s.pass(1ms);
    EXPECT_TRUE(s.run().state.activities.at(5).in_backoff);
    s.pass(1s);
    EXPECT_EQ(s.take_activity().heartbeat_details().payloads(0).data(), "4") << "the next attempt gets the last details";
}

TEST(Activity, Rule05_TheFailureMayBringTheLastDetails) {
    story s;
    s.turn({schedule("a")});
    const auto task = s.take_activity();
    pb::service::RespondActivityTaskFailedRequest request;
    request.set_task_token(task.task_token());
    *request.mutable_failure() = application_failure("boom");
    *request.mutable_last_heartbeat_details() = payload("\"throttled\"");
    ASSERT_TRUE(s.host.fail_activity(request).has_value());
    s.pass(1s);
    EXPECT_EQ(s.take_activity().heartbeat_details().payloads(0).data(), "\"throttled\"");
}

TEST(Activity, Rule06_CancelledBeforeAnyoneTookItIsOverAtOnce) {
    story s;
    s.turn({schedule("a")});
    ASSERT_TRUE(s.signal("go").has_value());
    s.turn({cancel_activity(5), marker("m")});
    EXPECT_EQ(s.history_from(9),
              "9 WORKFLOW_TASK_COMPLETED\n"
              "10 ACTIVITY_TASK_CANCEL_REQUESTED of 5\n"
              "11 MARKER_RECORDED m\n"
              "12 ACTIVITY_TASK_CANCELED of 5\n"
              "13 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Activity, Rule06_CancelledInBackOffIsOverAtOnce) {
    story s;
    s.turn({schedule("a")});
    s.take_activity();
    ASSERT_TRUE(s.break_down("a").has_value());
    ASSERT_TRUE(s.signal("go").has_value());
    s.turn({cancel_activity(5)});
    EXPECT_EQ(s.history_from(10),
              "10 ACTIVITY_TASK_CANCEL_REQUESTED of 5\n"
              "11 ACTIVITY_TASK_CANCELED of 5\n"
              "12 WORKFLOW_TASK_SCHEDULED\n");
    s.pass(1h);
    EXPECT_FALSE(s.has_activity());
}

TEST(Activity, Rule06_AStartedOneIsAskedToStopAndMayDoWhatItLikes) {
    story s;
    s.turn({schedule("a")});
    s.take_activity();
    ASSERT_TRUE(s.signal("go").has_value());
    s.turn({cancel_activity(5)});
    const auto pushed = std::find_if(s.host.told.begin(), s.host.told.end(), [](const effect& told) {
        return std::holds_alternative<perdure::history::cancel_activity>(told);
    });
    ASSERT_NE(pushed, s.host.told.end()) << "the worker is told";
    EXPECT_EQ(std::get<perdure::history::cancel_activity>(*pushed).activity_id, "a");
    EXPECT_TRUE(s.beat("a", "1")->cancel_requested());
    // It fails instead of obeying: there is no other attempt.
    ASSERT_TRUE(s.break_down("a").has_value());
    EXPECT_EQ(s.history_from(10),
              "10 ACTIVITY_TASK_CANCEL_REQUESTED of 5\n"
              "11 ACTIVITY_TASK_STARTED of 5\n"
              "12 ACTIVITY_TASK_FAILED of 5 started 11 CANCEL_REQUESTED\n"
              "13 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Activity, Rule06_ACancelAfterTheResultCameIsRecordedAndIgnored) {
    story s;
    s.turn({schedule("a")});
    s.take_activity();
    ASSERT_TRUE(s.signal("go").has_value());
    s.take();
    ASSERT_TRUE(s.finish("a").has_value());
    ASSERT_TRUE(s.answer({cancel_activity(5)}).has_value());
    EXPECT_EQ(s.history_from(9),
              "9 WORKFLOW_TASK_COMPLETED\n"
              "10 ACTIVITY_TASK_CANCEL_REQUESTED of 5\n"
              "11 ACTIVITY_TASK_STARTED of 5\n"
              "12 ACTIVITY_TASK_COMPLETED of 5 started 11\n"
              "13 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Activity, Rule06_TheIdIsFreeAgainAfterACancelInTheSameTask) {
    story s;
    s.turn({schedule("a"), cancel_activity(5), schedule("a")});
    EXPECT_EQ(s.history_from(5),
              "5 ACTIVITY_TASK_SCHEDULED a\n"
              "6 ACTIVITY_TASK_CANCEL_REQUESTED of 5\n"
              "7 ACTIVITY_TASK_SCHEDULED a\n"
              "8 ACTIVITY_TASK_CANCELED of 5\n"
              "9 WORKFLOW_TASK_SCHEDULED\n");
}

TEST(Activity, CompletedByIdBeforeAnyoneTookIt) {
    story s;
    s.turn({schedule("a")});
    pb::service::RespondActivityTaskCompletedRequest request;
    request.set_task_token(*s.host.token_by_id("w", "", "a"));
    request.set_identity("operator");
    ASSERT_TRUE(s.host.complete_activity(request).has_value());
    EXPECT_EQ(s.history_from(6),
              "6 ACTIVITY_TASK_STARTED of 5\n"
              "7 ACTIVITY_TASK_COMPLETED of 5 started 6\n"
              "8 WORKFLOW_TASK_SCHEDULED\n");
    EXPECT_FALSE(s.has_activity());
}

TEST(Activity, AnAnswerOfAFormerAttemptIsNotFound) {
    story s;
    s.turn({schedule("a", 1s)});
    const auto first = s.take_activity();
    s.pass(2s);
    s.take_activity();
    pb::service::RespondActivityTaskCompletedRequest late;
    late.set_task_token(first.task_token());
    const auto answered = s.host.complete_activity(late);
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, status_code::not_found);
    EXPECT_NE(answered.error().message.find("workflow 'w'"), std::string::npos) << answered.error().message;
    EXPECT_TRUE(s.finish("a").has_value());
}

TEST(Activity, AWorkerWhoseAttemptEndedWithoutItIsTold) {
    story s;
    s.turn({schedule("a", 1s)});
    s.take_activity();
    s.host.told.clear();
    s.pass(1s);
    ASSERT_EQ(s.host.told.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<abandon_activity>(s.host.told.front()));
    s.pass(1s);
    s.take_activity();
    s.host.told.clear();
    ASSERT_TRUE(s.finish("a").has_value());
    for (const auto& told : s.host.told) EXPECT_FALSE(std::holds_alternative<abandon_activity>(told));
}

TEST(Activity, ALargeFailureIsCutWhileItIsKeptAndSaysSo) {
    story s;
    s.turn({schedule("a")});
    s.take_activity();
    ASSERT_TRUE(s.break_down("a", application_failure(std::string(100'000, 'x'))).has_value());
    const auto& kept = *s.run().state.activities.at(5).last_failure;
    EXPECT_LT(kept.ByteSizeLong(), 5'000U);
    EXPECT_EQ(kept.message(), "Failure exceeds size limit.");
    EXPECT_EQ(kept.cause().application_failure_info().type(), "Err");
}

TEST(Activity, ALargeFailureIsNotCutInsideACharacter) {
    story s;
    s.turn({schedule("a")});
    s.take_activity();
    std::string message = "x";
    for (int i = 0; i < 50'000; ++i) message += "\xc3\xbc";
    ASSERT_TRUE(s.break_down("a", application_failure(message)).has_value());
    EXPECT_TRUE(is_valid_utf8(s.run().state.activities.at(5).last_failure->cause().message()));
}

}  // namespace
}  // namespace perdure::history::test
