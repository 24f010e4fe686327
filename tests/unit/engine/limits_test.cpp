#include <gtest/gtest.h>

#include "tests/unit/engine/story.hpp"

namespace perdure::history::test {
namespace {

using namespace pb::enums;

TEST(Limits, SignalsOfOneRun) {
    story s;
    s.host.bounds.signals = 3;
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(s.signal("s").has_value());
    const auto refused = s.signal("s");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, status_code::invalid_argument) << "no later attempt would be any better";
}

TEST(Limits, PendingActivitiesFailTheTask) {
    story s;
    s.host.bounds.pending_activities = 2;
    s.turn({schedule("a"), schedule("b")});
    s.take_activity();
    ASSERT_TRUE(s.signal("go").has_value());
    s.take();
    ASSERT_FALSE(s.answer({schedule("c")}).has_value());
    EXPECT_EQ(s.history_from(10), "10 WORKFLOW_TASK_FAILED PENDING_ACTIVITIES_LIMIT_EXCEEDED\n");
    s.turn({cancel_activity(6), schedule("c")});
    EXPECT_TRUE(s.run().state.activity_ids.contains("c")) << "one that ends makes room for one that begins";
}

TEST(Limits, AHistoryThatGrewTooLongEndsItsRun) {
    story s;
    s.host.bounds.history_events = 20;
    s.take();
    pb::service::RespondWorkflowTaskCompletedRequest request;
    for (int i = 0; i < 30; ++i) *request.add_commands() = marker("m");
    ASSERT_TRUE(s.answer(request).has_value());
    EXPECT_EQ(s.run().state.execution.status, WORKFLOW_EXECUTION_STATUS_TERMINATED);
}

TEST(Limits, ALongHistorySuggestsToContinueAsNew) {
    story s;
    s.host.bounds.history_events_suggest = 5;
    s.turn();
    ASSERT_TRUE(s.signal("go").has_value());
    const auto task = s.take();
    const auto& started = task.history().events(6).workflow_task_started_event_attributes();
    EXPECT_TRUE(started.suggest_continue_as_new());
    EXPECT_EQ(started.suggest_continue_as_new_reasons(0), SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS);
    EXPECT_GT(started.history_size_bytes(), 0);
}

TEST(Limits, TooLargeInputsOfRequestsAreRefusedAndNothingHappens) {
    story s;
    s.turn({schedule("a")});
    const auto activity_task = s.take_activity();
    const auto large = payload('"' + std::string(3'000'000, 'x') + '"');
    const auto before = s.run().state.execution.sequence;

    pb::service::SignalWorkflowExecutionRequest signal;
    signal.mutable_workflow_execution()->set_workflow_id("w");
    signal.set_signal_name("s");
    *signal.mutable_input() = large;
    EXPECT_EQ(s.host.signal(signal).error().code, status_code::invalid_argument);

    pb::service::RespondActivityTaskCompletedRequest completed;
    completed.set_task_token(activity_task.task_token());
    *completed.mutable_result() = large;
    EXPECT_EQ(s.host.complete_activity(completed).error().code, status_code::invalid_argument);

    pb::service::RecordActivityTaskHeartbeatRequest beat;
    beat.set_task_token(activity_task.task_token());
    *beat.mutable_details() = large;
    EXPECT_EQ(s.host.heartbeat(beat).error().code, status_code::invalid_argument);

    EXPECT_EQ(s.run().state.execution.sequence, before);
    EXPECT_TRUE(s.finish("a").has_value());
}

struct bad_command {
    const char* name;
    WorkflowTaskFailedCause cause;
    Command (*make)();
};

Command of_type(CommandType type) {
    Command command;
    command.set_command_type(type);
    return command;
}

class BadCommand : public testing::TestWithParam<bad_command> {};

TEST_P(BadCommand, FailsItsTaskWithTheCauseAndTheRunGoesOn) {
    story s;
    s.take();
    // A good command in front of it must leave no trace.
    const auto answered = s.answer({schedule("good"), GetParam().make()});
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, status_code::invalid_argument);
    const auto& failed = s.run().history.at(3).workflow_task_failed_event_attributes();
    EXPECT_EQ(failed.cause(), GetParam().cause) << WorkflowTaskFailedCause_Name(failed.cause());
    EXPECT_EQ(failed.failure().message(), answered.error().message);
    EXPECT_TRUE(s.run().state.activities.empty());
    s.turn({complete()});
    EXPECT_EQ(s.run().state.execution.status, WORKFLOW_EXECUTION_STATUS_COMPLETED);
}

Command spoiled(void (*spoil)(pb::command::ScheduleActivityTaskCommandAttributes&)) {
    auto attributes = activity("bad");
    spoil(attributes);
    return schedule(attributes);
}

INSTANTIATE_TEST_SUITE_P(
    Of, BadCommand,
    testing::Values(
        bad_command{"no_activity_type", WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
                    [] { return spoiled([](auto& attributes) { attributes.clear_activity_type(); }); }},
        bad_command{"no_activity_id", WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
                    [] { return spoiled([](auto& attributes) { attributes.clear_activity_id(); }); }},
        bad_command{"no_timeout", WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
                    [] { return spoiled([](auto& attributes) { attributes.clear_start_to_close_timeout(); }); }},
        bad_command{"negative_timeout", WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
                    [] { return spoiled([](auto& attributes) { attributes.mutable_heartbeat_timeout()->set_seconds(-1); }); }},
        bad_command{
            "bad_policy", WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
            [] { return spoiled([](auto& attributes) { attributes.mutable_retry_policy()->set_maximum_attempts(-1); }); }},
        bad_command{"duplicate_activity", WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID,
                    [] { return schedule("good"); }},
        bad_command{"unknown_activity", WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES,
                    [] { return cancel_activity(99); }},
        bad_command{"activity_zero", WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES,
                    [] { return cancel_activity(0); }},
        bad_command{"negative_timer", WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES,
                    [] { return start_timer("t", -1s); }},
        bad_command{"unknown_timer", WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES, [] { return cancel_timer("t"); }},
        bad_command{"long_call_site", WORKFLOW_TASK_FAILED_CAUSE_PAYLOADS_TOO_LARGE,
                    [] {
                        Command command = schedule("bad");
                        command.mutable_user_metadata()->set_perdure_call_site(std::string(401, 'x'));
                        return command;
                    }},
        bad_command{"nameless_marker", WORKFLOW_TASK_FAILED_CAUSE_BAD_RECORD_MARKER_ATTRIBUTES, [] { return marker(""); }},
        bad_command{"nothing_to_upsert", WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES,
                    [] { return of_type(COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES); }},
        bad_command{"nothing_to_modify", WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES,
                    [] { return of_type(COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES); }},
        bad_command{"complete_without_attributes", WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES,
                    [] { return of_type(COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION); }},
        bad_command{"fail_without_failure", WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES,
                    [] { return of_type(COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION); }},
        bad_command{"a_child", WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES,
                    [] { return of_type(COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION); }},
        bad_command{"an_external_signal", WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
                    [] { return of_type(COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION); }},
        bad_command{"an_update", WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
                    [] { return of_type(COMMAND_TYPE_PROTOCOL_MESSAGE); }},
        bad_command{"no_type_at_all", WORKFLOW_TASK_FAILED_CAUSE_FEATURE_DISABLED,
                    [] { return of_type(COMMAND_TYPE_UNSPECIFIED); }},
        bad_command{"a_type_of_the_future", WORKFLOW_TASK_FAILED_CAUSE_FEATURE_DISABLED,
                    [] { return of_type(static_cast<CommandType>(777)); }}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Properties, AreUpsertedAndRemoved) {
    story s;
    auto memo = of_type(COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES);
    auto& fields = *memo.mutable_modify_workflow_properties_command_attributes()->mutable_upserted_memo()->mutable_fields();
    fields["a"] = payload("1").payloads(0);
    fields["b"] = payload("2").payloads(0);
    s.turn({memo});
    EXPECT_EQ(s.run().state.execution.memo.fields_size(), 2);
    fields["b"] = payload("null").payloads(0);
    ASSERT_TRUE(s.signal("go").has_value());
    s.turn({memo});
    EXPECT_EQ(visibility_of(s.run().state).memo().fields_size(), 1);
}

}  // namespace
}  // namespace perdure::history::test
