#include <gtest/gtest.h>

#include "cli/render/describe.hpp"
#include "cli/render/outcome.hpp"
#include "cli/render/proto_json.hpp"
#include "cli/render/table.hpp"

namespace perdure::cli {
namespace {

TEST(table, columns_are_as_wide_as_their_widest_cell) {
    EXPECT_EQ(render_table({"A", "Long"}, {{{"wide one"}, {"x"}}, {{"é"}, {"y"}}}, false),
              "  A         Long\n"
              "  wide one  x\n"
              "  é         y\n");
}

TEST(card, leaves_out_what_is_empty_and_aligns_further_lines) {
    EXPECT_EQ(render_card({{"Name", "x"}, {"Empty", ""}, {"Longer", "a\nb"}}, false),
              "  Name    x\n"
              "  Longer  a\n"
              "          b\n");
}

TEST(style, text_without_colour_has_no_escapes) {
    EXPECT_EQ(paint("x", tone::bad, false), "x");
    EXPECT_EQ(paint("x", tone::bad, true), "\x1b[31mx\x1b[0m");
}

TEST(style, control_characters_of_foreign_texts_do_not_reach_the_terminal) {
    EXPECT_EQ(ellipsis("a\x1b[31mb\nc", 80), "a [31mb c");
    EXPECT_EQ(ellipsis("äöü", 2), "ä…");
}

TEST(proto_json, shorthand_shows_json_payloads_as_their_values) {
    pb::history::WorkflowExecutionSignaledEventAttributes signal;
    auto& payload = *signal.mutable_input()->add_payloads();
    (*payload.mutable_metadata())["encoding"] = "json/plain";
    payload.set_data(R"({"b":1,"a":[2]})");
    EXPECT_EQ(proto_json(signal, payload_form::shorthand).dump(), R"({"input":[{"b":1,"a":[2]}]})");
    EXPECT_EQ(proto_json(signal, payload_form::raw)["input"]["payloads"][0]["metadata"]["encoding"], "anNvbi9wbGFpbg==");
}

TEST(proto_json, a_payload_that_is_no_json_stays_as_it_is) {
    pb::history::WorkflowExecutionSignaledEventAttributes signal;
    auto& payload = *signal.mutable_input()->add_payloads();
    (*payload.mutable_metadata())["encoding"] = "binary/plain";
    payload.set_data("\x01");
    EXPECT_EQ(proto_json(signal, payload_form::shorthand)["input"][0]["data"], "AQ==");
}

pb::history::HistoryEvent failed() {
    pb::history::HistoryEvent event;
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
    auto& failure = *event.mutable_workflow_execution_failed_event_attributes()->mutable_failure();
    failure.set_message("no");
    failure.mutable_application_failure_info()->set_type("Rejected");
    return event;
}

TEST(outcome, tells_status_and_failure) {
    EXPECT_EQ(render_outcome({}, failed(), false), "  Status   FAILED\n  Failure  Rejected: no\n");
}

TEST(outcome, json_has_the_members_of_temporals_cli) {
    pb::history::HistoryEvent event;
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    auto& payload = *event.mutable_workflow_execution_completed_event_attributes()->mutable_result()->add_payloads();
    (*payload.mutable_metadata())["encoding"] = "json/plain";
    payload.set_data("42");
    const auto document = outcome_json({.workflow_id = "w", .run_id = "r"}, event, payload_form::shorthand);
    EXPECT_EQ(document["status"], "COMPLETED");
    EXPECT_EQ(document["result"], 42);
    EXPECT_EQ(document["closeEvent"]["eventType"], "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    EXPECT_EQ(outcome_json({}, failed(), payload_form::shorthand)["status"], "FAILED");
}

TEST(describe, a_running_workflow_shows_what_it_waits_for) {
    pb::service::DescribeWorkflowExecutionResponse description;
    auto& info = *description.mutable_workflow_execution_info();
    info.mutable_execution()->set_workflow_id("o-1");
    info.set_status(pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING);
    auto& activity = *description.add_pending_activities();
    activity.set_activity_id("5");
    activity.mutable_activity_type()->set_name("charge");
    activity.set_attempt(3);
    activity.set_maximum_attempts(5);
    activity.set_state(pb::enums::PENDING_ACTIVITY_STATE_CANCEL_REQUESTED);
    activity.mutable_last_failure()->set_message("declined");
    const auto text = render_description(description, "default", false);
    for (const char* part : {"Pending Activities: 1", "charge", "3 of 5", "cancel-requested", "declined", "o-1"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
}

TEST(task_queue, says_when_nobody_serves_it) {
    EXPECT_NE(render_task_queue({{"workflow", {}}}, true, false).find("no worker serves"), std::string::npos);
}

}  // namespace
}  // namespace perdure::cli
