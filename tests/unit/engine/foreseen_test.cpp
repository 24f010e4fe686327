#include <gtest/gtest.h>

#include "api/time_convert.hpp"
#include "tests/unit/engine/story.hpp"

// Workflow tasks that a worker runs by itself after an activity, and answers with the activity's result.

namespace perdure::history::test {
namespace {

using pb::service::PerdureForeseenAnswer;

std::optional<started_workflow_task> foresee(story& s, const std::string& worker = "worker") {
    return foresee_workflow_task(s.run().state, s.run().book, s.host.bounds, worker);
}

/// The answer to the task that is foreseen now, as if the activity ended at once.
PerdureForeseenAnswer foreseen(story& s, std::initializer_list<Command> commands) {
    PerdureForeseenAnswer made;
    made.set_started_event_id(s.run().state.execution.next_event_id + 3);
    *made.mutable_time() = to_timestamp(s.host.now);
    made.mutable_answer()->set_identity("worker");
    auto& sticky = *made.mutable_answer()->mutable_sticky_attributes();
    sticky.mutable_worker_task_queue()->set_name("q-sticky");
    *sticky.mutable_schedule_to_start_timeout() = to_duration(5s);
    sticky.set_perdure_foresees(true);
    for (const Command& command : commands) *made.mutable_answer()->add_commands() = command;
    return made;
}

/// The result is taken in any case.
bool both_took_effect(story& s, const PerdureForeseenAnswer& answer) {
    const auto answered = s.finish_and_answer("a", answer);
    if (!answered) ADD_FAILURE() << answered.error().message;
    return answered && *answered;
}

/// A run whose worker foresees, with the activity "a" in its hands.
void begin_activity(story& s) {
    s.foreseeing_turn({schedule("a", 60s)});
    s.take_activity();
}

TEST(Foreseen, TheHistoryIsThatOfAResultAndATask) {
    story two;
    begin_activity(two);
    ASSERT_TRUE(two.finish("a").has_value());
    two.foreseeing_turn({schedule("b"), start_timer("t", 1s)});

    story one;
    begin_activity(one);
    const auto records = one.run().journal.size();
    EXPECT_TRUE(both_took_effect(one, foreseen(one, {schedule("b"), start_timer("t", 1s)})));
    EXPECT_EQ(one.history(), two.history());
    EXPECT_EQ(one.history_from(6),
              "6 ACTIVITY_TASK_STARTED of 5\n"
              "7 ACTIVITY_TASK_COMPLETED of 5 started 6\n"
              "8 WORKFLOW_TASK_SCHEDULED sticky\n"
              "9 WORKFLOW_TASK_STARTED\n"
              "10 WORKFLOW_TASK_COMPLETED\n"
              "11 ACTIVITY_TASK_SCHEDULED b\n"
              "12 TIMER_STARTED t\n");
    EXPECT_EQ(one.run().journal.size(), records + 1) << "both are one record";
    EXPECT_TRUE(one.has_activity());
}

TEST(Foreseen, EverythingHappensAtTheTimeThatTheWorkerNames) {
    story s;
    begin_activity(s);
    auto answer = foreseen(s, {start_timer("t", 10s)});
    s.pass(700ms);
    const auto ended = s.host.now;
    s.pass(300ms);
    *answer.mutable_time() = to_timestamp(ended);
    ASSERT_TRUE(both_took_effect(s, answer));
    for (std::size_t place = 6; place < s.run().history.size(); ++place)
        EXPECT_EQ(from_timestamp(s.run().history[place].event_time()), ended) << line_of(s.run().history[place]);
    EXPECT_EQ(s.run().state.timers.at("t").due, ended + 10s);
}

TEST(Foreseen, TheTaskSaysWhatTheWorkerWillSee) {
    story s;
    begin_activity(s);
    const auto task = foresee(s);
    ASSERT_TRUE(task.has_value());
    EXPECT_EQ(task->response.previous_started_event_id(), 3);
    EXPECT_EQ(task->response.started_event_id(), 9);
    EXPECT_EQ(task->stored_events, (event_range{4, 5}));
    ASSERT_EQ(task->unstored_events.size(), 4U);
    ASSERT_TRUE(both_took_effect(s, foreseen(s, {schedule("b")})));
    for (std::size_t place = 0; place < 4; ++place) {
        EXPECT_EQ(task->unstored_events[place].event_id(), s.run().history[5 + place].event_id());
        EXPECT_EQ(task->unstored_events[place].event_type(), s.run().history[5 + place].event_type());
    }
    const auto& told = task->unstored_events[3].workflow_task_started_event_attributes();
    const auto& recorded = s.run().history[8].workflow_task_started_event_attributes();
    EXPECT_EQ(told.history_size_bytes(), recorded.history_size_bytes()) << "a replay sees what the worker saw";
    EXPECT_EQ(told.scheduled_event_id(), recorded.scheduled_event_id());
    EXPECT_GT(told.history_size_bytes(), 0);
}

TEST(Foreseen, TheAdviceToContinueAsNewIsRecordedAsItWasGiven) {
    story s;
    s.host.bounds.history_events_suggest = 6;
    s.foreseeing_turn({schedule("a")});
    s.take_activity();
    const auto task = foresee(s);
    ASSERT_TRUE(task.has_value());
    EXPECT_TRUE(task->unstored_events[3].workflow_task_started_event_attributes().suggest_continue_as_new());
    ASSERT_TRUE(both_took_effect(s, foreseen(s, {continue_as_new()})));
    EXPECT_TRUE(s.host.find("w") != nullptr);
}

TEST(Foreseen, OnlyForAWorkerThatHasTheRunAndSaysSo) {
    story unsaid;
    unsaid.sticky_turn({schedule("a")});
    unsaid.take_activity();
    EXPECT_FALSE(foresee(unsaid).has_value());
    story s;
    begin_activity(s);
    EXPECT_FALSE(foresee(s, "another").has_value());
    EXPECT_FALSE(foresee(s, "").has_value());
    ASSERT_TRUE(foresee(s).has_value());
    ASSERT_TRUE(s.signal("x").has_value());
    EXPECT_FALSE(foresee(s).has_value()) << "a task is pending already";
}

TEST(Foreseen, NotWhenTheWorkflowWaitsForSeveralActivities) {
    story s;
    s.foreseeing_turn({schedule("a"), schedule("b")});
    s.take_activity();
    EXPECT_FALSE(foresee(s).has_value());
}

TEST(Foreseen, StaysWithTheRunWhileItsWorkerDoes) {
    story s;
    begin_activity(s);
    ASSERT_TRUE(both_took_effect(s, foreseen(s, {schedule("b")})));
    s.take_activity();
    EXPECT_TRUE(foresee(s).has_value());
    ASSERT_TRUE(s.signal("x").has_value());
    s.sticky_turn();
    EXPECT_FALSE(foresee(s).has_value()) << "the worker that has the run now does not say that it does";
}

TEST(Foreseen, TheNextAttemptIsForeseenToo) {
    story s;
    begin_activity(s);
    ASSERT_TRUE(s.break_down("a").has_value());
    s.pass(1s);
    s.take_activity();
    EXPECT_TRUE(both_took_effect(s, foreseen(s, {complete()})));
    EXPECT_EQ(s.history_from(6).substr(0, 47), "6 ACTIVITY_TASK_STARTED of 5 attempt 2 after bo");
    EXPECT_FALSE(s.run().state.running());
}

struct late_case {
    const char* name;
    void (*happens)(story&, PerdureForeseenAnswer&);
};

class LateAnswer : public testing::TestWithParam<late_case> {};

TEST_P(LateAnswer, IsPassedOverAndTheResultStands) {
    story s;
    begin_activity(s);
    s.pass(100ms);
    auto answer = foreseen(s, {schedule("b")});
    GetParam().happens(s, answer);
    ASSERT_FALSE(both_took_effect(s, answer));
    const std::string told = s.history();
    EXPECT_EQ(told.find("ACTIVITY_TASK_SCHEDULED b"), std::string::npos) << told;
    EXPECT_TRUE(told.find("ACTIVITY_TASK_COMPLETED of 5") != std::string::npos || !s.run().state.buffer.empty()) << told;
    EXPECT_TRUE(s.run().state.workflow_task.pending()) << "the workflow is told of the result by a task of the server";
}

INSTANTIATE_TEST_SUITE_P(
    Cases, LateAnswer,
    testing::Values(
        late_case{"after_a_signal", [](story& s, PerdureForeseenAnswer&) { ASSERT_TRUE(s.signal("x").has_value()); }},
        late_case{"while_another_task_runs",
                  [](story& s, PerdureForeseenAnswer&) {
                      ASSERT_TRUE(s.signal("x").has_value());
                      s.take("q-sticky");
                  }},
        late_case{"after_another_task",
                  [](story& s, PerdureForeseenAnswer&) {
                      ASSERT_TRUE(s.signal("x").has_value());
                      s.foreseeing_turn();
                  }},
        late_case{"after_a_cancel_request",
                  [](story& s, PerdureForeseenAnswer&) { ASSERT_TRUE(s.request_cancel().has_value()); }},
        late_case{"for_another_event",
                  [](story&, PerdureForeseenAnswer& answer) { answer.set_started_event_id(answer.started_event_id() + 1); }},
        late_case{"from_before_the_start",
                  [](story& s, PerdureForeseenAnswer& answer) { *answer.mutable_time() = to_timestamp(s.host.now - 101ms); }},
        late_case{"from_the_future",
                  [](story& s, PerdureForeseenAnswer& answer) { *answer.mutable_time() = to_timestamp(s.host.now + 1ms); }},
        late_case{"sent_long_ago", [](story& s, PerdureForeseenAnswer&) { s.pass(10'001ms); }},
        late_case{"from_a_worker_without_a_proper_name",
                  [](story&, PerdureForeseenAnswer& answer) { answer.mutable_answer()->set_identity(std::string(2'000, 'x')); }},
        late_case{"with_commands_behind_the_end",
                  [](story&, PerdureForeseenAnswer& answer) {
                      *answer.mutable_answer()->add_commands() = complete();
                      *answer.mutable_answer()->add_commands() = marker("m");
                  }}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Foreseen, AQueryThatWaitsIsForATaskOfTheServer) {
    story s;
    begin_activity(s);
    auto answer = foreseen(s, {schedule("b")});
    s.run().book.waiting["q1"];
    EXPECT_FALSE(foresee(s).has_value());
    EXPECT_FALSE(both_took_effect(s, answer));
}

TEST(Foreseen, BadCommandsFailTheTaskAndKeepTheResult) {
    story s;
    begin_activity(s);
    ASSERT_FALSE(both_took_effect(s, foreseen(s, {cancel_activity(5)})));
    EXPECT_EQ(s.history_from(6),
              "6 ACTIVITY_TASK_STARTED of 5\n"
              "7 ACTIVITY_TASK_COMPLETED of 5 started 6\n"
              "8 WORKFLOW_TASK_SCHEDULED sticky\n"
              "9 WORKFLOW_TASK_STARTED\n"
              "10 WORKFLOW_TASK_FAILED BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES\n"
              "11 WORKFLOW_TASK_SCHEDULED\n");
    EXPECT_TRUE(s.has_task("q")) << "and whoever takes the next one replays all of it";
}

TEST(Foreseen, AResultIsTakenOnce) {
    story s;
    begin_activity(s);
    const auto answer = foreseen(s, {schedule("b")});
    ASSERT_TRUE(both_took_effect(s, answer));
    const auto again = s.finish_and_answer("a", answer);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, status_code::not_found);
}

TEST(Foreseen, AResultThatIsTooLargeTakesNothingAlong) {
    story s;
    begin_activity(s);
    const auto before = s.history();
    const auto answer = foreseen(s, {schedule("b")});
    s.host.bounds.payload_bytes = 3;
    const auto refused = s.finish_and_answer("a", answer);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, status_code::invalid_argument);
    EXPECT_EQ(s.history(), before);
}

TEST(Foreseen, AHistoryAtItsBoundEndsWithTheResult) {
    story s;
    begin_activity(s);
    s.host.bounds.history_events = 7;
    EXPECT_FALSE(both_took_effect(s, foreseen(s, {schedule("b")})));
    EXPECT_FALSE(s.run().state.running());
    EXPECT_EQ(s.history().find("WORKFLOW_TASK_STARTED\n10"), std::string::npos);
}

TEST(Foreseen, TheEndOfTheWorkflowMayBeForeseen) {
    story s;
    begin_activity(s);
    ASSERT_TRUE(both_took_effect(s, foreseen(s, {complete()})));
    EXPECT_EQ(s.history_from(9),
              "9 WORKFLOW_TASK_STARTED\n"
              "10 WORKFLOW_TASK_COMPLETED\n"
              "11 WORKFLOW_EXECUTION_COMPLETED\n");
}

}  // namespace
}  // namespace perdure::history::test
