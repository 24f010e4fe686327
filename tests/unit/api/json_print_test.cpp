#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/json.hpp"
#include "api/payload.hpp"

namespace {

namespace pb = perdure::pb;
using perdure::print_message;
using testing::HasSubstr;

std::string printed(const google::protobuf::Message& message, const perdure::json_print_options& options = {}) {
    const auto text = print_message(message, options);
    EXPECT_TRUE(text) << (text ? "" : text.error().message);
    return text ? *text : "";
}

TEST(JsonPrint, FieldsStandInTheirOrderAndDefaultsAreLeftOut) {
    pb::history::HistoryEvent event;
    event.set_event_id(3);
    event.mutable_event_time()->set_seconds(1'700'000'000);
    event.mutable_event_time()->set_nanos(5'000'000);
    event.set_event_type(pb::enums::EVENT_TYPE_TIMER_FIRED);
    event.mutable_timer_fired_event_attributes()->set_timer_id("1");
    EXPECT_EQ(printed(event), R"({"eventId":"3","eventTime":"2023-11-14T22:13:20.005Z","eventType":"EVENT_TYPE_TIMER_FIRED",)"
                              R"("timerFiredEventAttributes":{"timerId":"1"}})");
    EXPECT_EQ(printed(pb::history::HistoryEvent()), "{}");
}

TEST(JsonPrint, AnEmptyMessageThatIsSetIsWritten) {
    pb::service::StartWorkflowExecutionRequest request;
    request.mutable_header();
    request.mutable_workflow_run_timeout();
    EXPECT_EQ(printed(request), R"({"workflowRunTimeout":"0s","header":{}})");
}

TEST(JsonPrint, MapsAreSortedByKey) {
    pb::common::Header header;
    for (const char* key : {"c", "a", "b"}) (*header.mutable_fields())[key] = perdure::to_payload(1);
    EXPECT_EQ(printed(header, {.payload_shorthand = true}), R"({"fields":{"a":1,"b":1,"c":1}})");
}

TEST(JsonPrint, PayloadsAreWrittenAsTheJsonTheyHold) {
    pb::common::Payloads payloads;
    *payloads.add_payloads() = perdure::json_payload(R"({ "x": 1.0, "big": 12345678901234567890123 })");
    *payloads.add_payloads() = perdure::to_payload(std::optional<int>());
    *payloads.add_payloads() = perdure::to_payload(std::vector<std::byte>{std::byte{1}});
    *payloads.add_payloads() =
        perdure::to_proto(perdure::raw_payload{"json/protobuf", R"({"x":3})", {{"messageType", "geo.Point"}}});
    EXPECT_EQ(printed(payloads, {.payload_shorthand = true}),
              R"([{"x":1.0,"big":12345678901234567890123},null,)"
              R"({"metadata":{"encoding":"YmluYXJ5L3BsYWlu"},"data":"AQ=="},{"_protoMessageType":"geo.Point","x":3}])");
    EXPECT_THAT(printed(payloads), HasSubstr(R"({"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="})"));
}

TEST(JsonPrint, WhatShorthandWouldChangeIsWrittenInFull) {
    const perdure::raw_payload rows[]{
        {"json/plain", "not json", {}},
        {"json/plain", "null", {}},
        {"json/plain", R"({"metadata":{"encoding":"anNvbi9wbGFpbg=="}})", {}},
        {"json/plain", R"({"_protoMessageType":"x"})", {}},
        {"json/plain", "1", {{"extra", "kept"}}},
        {"json/encrypted", "1", {}},
        {"binary/null", "data", {}},
        {"json/protobuf", "[]", {{"messageType", "x"}}},
    };
    for (const perdure::raw_payload& row : rows) {
        const std::string text = printed(perdure::to_proto(row), {.payload_shorthand = true});
        pb::common::Payload back;
        ASSERT_TRUE(perdure::parse_message(text, back)) << text;
        EXPECT_EQ(perdure::from_proto(back), row) << text;
    }
}

TEST(JsonPrint, PrettyTextIsIndented) {
    pb::common::WorkflowExecution run;
    run.set_workflow_id("o-1");
    EXPECT_EQ(printed(run, {.style = perdure::json_style::pretty}), "{\n  \"workflowId\": \"o-1\"\n}");
}

TEST(JsonPrint, WhatJsonCannotHoldIsRefused) {
    pb::history::HistoryEvent event;
    event.mutable_event_time()->set_seconds(253402300800);
    EXPECT_THAT(print_message(event).error().message, HasSubstr("outside of the years 1 to 9999"));
    pb::failure::Failure deep;
    pb::failure::Failure* at = &deep;
    for (int i = 0; i < 150; ++i) at = at->mutable_cause();
    EXPECT_THAT(print_message(deep).error().message, HasSubstr("deeper than 100 levels"));
    pb::service::StartWorkflowExecutionRequest request;
    request.mutable_workflow_run_timeout()->set_seconds(1'000'000'000'000);
    EXPECT_FALSE(print_message(request));
}

TEST(JsonPrint, RealNumbersAreTheShortestThatReadBack) {
    pb::common::RetryPolicy policy;
    policy.set_backoff_coefficient(1.1);
    EXPECT_EQ(printed(policy), R"({"backoffCoefficient":1.1})");
    policy.set_backoff_coefficient(std::numeric_limits<double>::infinity());
    EXPECT_EQ(printed(policy), R"({"backoffCoefficient":"Infinity"})");
    pb::common::RetryPolicy back;
    ASSERT_TRUE(perdure::parse_message(printed(policy), back));
    EXPECT_EQ(back.backoff_coefficient(), policy.backoff_coefficient());
}

TEST(JsonPrint, AnEnumValueOfTheFutureIsItsNumber) {
    pb::history::HistoryEvent event;
    event.set_event_type(static_cast<pb::enums::EventType>(999));
    EXPECT_EQ(printed(event), R"({"eventType":999})");
}

}  // namespace
