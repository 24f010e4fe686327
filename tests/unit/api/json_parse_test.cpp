#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/json.hpp"
#include "api/payload.hpp"
#include "temporal/protocol.pb.h"
#include "temporal/update.pb.h"

namespace {

namespace pb = perdure::pb;
using perdure::parse_message;
using testing::AllOf;
using testing::HasSubstr;
using start_request = pb::service::StartWorkflowExecutionRequest;

template <class Message>
Message parsed(std::string_view json, const perdure::json_parse_options& options = {}) {
    Message message;
    const auto ok = parse_message(json, message, options);
    EXPECT_TRUE(ok) << json << "\n" << (ok ? "" : ok.error().message);
    return message;
}

template <class Message>
std::string refusal(std::string_view json, const perdure::json_parse_options& options = {}) {
    Message message;
    const auto ok = parse_message(json, message, options);
    if (ok) return "none";
    EXPECT_EQ(ok.error().code, perdure::status_code::invalid_argument);
    return ok.error().message;
}

TEST(JsonParse, ARequestIsReadInEitherSpelling) {
    for (const std::string_view json :
         {R"({"workflowId":"o-1","workflowType":{"name":"flow"},"workflowRunTimeout":"1.5s"})",
          R"({"workflow_id":"o-1","workflow_type":{"name":"flow"},"workflow_run_timeout":"1.500s"})"}) {
        const auto request = parsed<start_request>(json);
        EXPECT_EQ(request.workflow_id(), "o-1");
        EXPECT_EQ(request.workflow_type().name(), "flow");
        EXPECT_EQ(request.workflow_run_timeout().seconds(), 1);
        EXPECT_EQ(request.workflow_run_timeout().nanos(), 500'000'000);
    }
}

TEST(JsonParse, ShorthandPayloadsAreAnyJson) {
    const auto request = parsed<start_request>(R"({"input":["a",1,null,{"x":[true]}],"memo":{"fields":{"who":"ann"}}})");
    ASSERT_EQ(request.input().payloads_size(), 4);
    EXPECT_EQ(request.input().payloads(0).data(), "\"a\"");
    EXPECT_EQ(perdure::encoding_of(request.input().payloads(1)), "json/plain");
    EXPECT_EQ(perdure::encoding_of(request.input().payloads(2)), "binary/null");
    EXPECT_EQ(request.input().payloads(3).data(), R"({"x":[true]})");
    EXPECT_EQ(request.memo().fields().at("who").data(), "\"ann\"");
}

TEST(JsonParse, FullPayloadsAreReadBesideShorthand) {
    const auto request = parsed<start_request>(
        R"({"input":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"MQ=="},{"metadata":"mine","data":1}]})");
    EXPECT_EQ(request.input().payloads(0).data(), "1");
    EXPECT_EQ(request.input().payloads(1).data(), R"({"metadata":"mine","data":1})");
    const auto wrapped =
        parsed<start_request>(R"({"input":{"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"MQ=="}]}})");
    EXPECT_EQ(wrapped.input().payloads(0).data(), "1");
}

TEST(JsonParse, AMessageTypeInShorthandMakesAProtobufPayload) {
    const auto payload = parsed<pb::common::Payload>(R"({"_protoMessageType":"geo.Point","x":3})");
    EXPECT_EQ(perdure::encoding_of(payload), "json/protobuf");
    EXPECT_EQ(payload.metadata().at("messageType"), "geo.Point");
    EXPECT_EQ(payload.data(), R"({"x":3})");
}

TEST(JsonParse, WithoutShorthandAPayloadIsAMessage) {
    EXPECT_THAT(refusal<start_request>(R"({"input":["a"]})", {.payload_shorthand = false}),
                HasSubstr("field \"input\" must be an object, but is a list"));
}

TEST(JsonParse, EnumsAreReadInEverySpelling) {
    for (const std::string_view value :
         {"\"EVENT_TYPE_TIMER_FIRED\"", "\"TIMER_FIRED\"", "\"TimerFired\"", "\"timerFired\"", "18"}) {
        EXPECT_EQ(parsed<pb::history::HistoryEvent>("{\"eventType\":" + std::string(value) + "}").event_type(),
                  pb::enums::EVENT_TYPE_TIMER_FIRED);
    }
}

TEST(JsonParse, AnUnknownEnumValueIsRefusedWithTheChoices) {
    for (const std::string_view value : {"\"SOMETIMES\"", "99", "\"\"", "true", "1.5", "null2"}) {
        const std::string json = "{\"workflowIdReusePolicy\":" + std::string(value) + "}";
        EXPECT_NE(refusal<start_request>(json), "none") << json;
    }
    EXPECT_THAT(refusal<start_request>(R"({"workflowIdReusePolicy":"SOMETIMES"})"),
                AllOf(HasSubstr("field \"workflowIdReusePolicy\" must be one of"),
                      HasSubstr("WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE"), HasSubstr("\"SOMETIMES\"")));
}

TEST(JsonParse, UnknownFieldsAreRefusedOrIgnored) {
    EXPECT_THAT(refusal<start_request>(R"({"retryPolicy":{"attempts":3}})"),
                AllOf(HasSubstr("\"retryPolicy.attempts\" is not known to RetryPolicy"), HasSubstr("maximumAttempts")));
    const auto request = parsed<start_request>(R"({"workflowId":"x","fromTheFuture":[1],"workflowIdReusePolicy":"LATER"})",
                                               {.unknown = perdure::unknown_fields::ignore});
    EXPECT_EQ(request.workflow_id(), "x");
    EXPECT_EQ(request.workflow_id_reuse_policy(), pb::enums::WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED);
}

TEST(JsonParse, WhatDoesNotFitNamesTheFieldAndTheRemedy) {
    const std::pair<std::string_view, std::string_view> rows[]{
        {R"({"workflowId":7})", "field \"workflowId\" must be a text, but is the number 7"},
        {R"({"retryPolicy":{"maximumAttempts":"x"}})",
         "field \"retryPolicy.maximumAttempts\" must be an integer, but is the text \"x\""},
        {R"({"retryPolicy":{"maximumAttempts":3000000000}})", "field \"retryPolicy.maximumAttempts\" is out of range"},
        {R"({"retryPolicy":{"maximumAttempts":1.5}})", "must be an integer, but is the number 1.5"},
        {R"({"retryPolicy":{"maximumAttempts":1e300}})", "is out of range"},
        {R"({"retryPolicy":{"backoffCoefficient":"two"}})", "must be a number, but is the text \"two\""},
        {R"({"retryPolicy":{"nonRetryableErrorTypes":"x"}})", "field \"retryPolicy.nonRetryableErrorTypes\" must be a list"},
        {R"({"retryPolicy":{"nonRetryableErrorTypes":["a",2]}})", "\"retryPolicy.nonRetryableErrorTypes[1]\" must be a text"},
        {R"({"retryPolicy":[]})", "field \"retryPolicy\" must be an object, but is a list"},
        {R"({"workflowRunTimeout":5})", "must be a duration in seconds such as \"1.5s\""},
        {R"({"workflowRunTimeout":"5"})", "must be a duration in seconds"},
        {R"({"workflowRunTimeout":"400000000000s"})", "must be a duration in seconds"},
        {R"({"requestEagerExecution":"true"})", "must be true or false"},
        {R"({"memo":{"fields":[]}})", "field \"memo.fields\" must be an object"},
        {R"({"workflowId":"a","workflow_id":"b"})", "field \"workflow_id\" is given twice"},
        {R"([])", "the message must be an object, but is a list"},
        {R"({)", "malformed JSON"},
        {"{\"workflowId\":\"\xFF\"}", "malformed JSON"},
    };
    for (const auto& [json, message] : rows) EXPECT_THAT(refusal<start_request>(json), HasSubstr(std::string(message))) << json;
}

TEST(JsonParse, TimesReachToTheYear9999) {
    EXPECT_EQ(parsed<pb::history::HistoryEvent>(R"({"eventTime":"9999-12-31T23:59:59Z"})").event_time().seconds(), 253402300799);
    EXPECT_THAT(refusal<pb::history::HistoryEvent>(R"({"eventTime":"10000-01-01T00:00:00Z"})"),
                HasSubstr("field \"eventTime\" must be a time such as"));
}

TEST(JsonParse, OnlyOneMemberOfAOneofMayBeSet) {
    EXPECT_THAT(
        refusal<pb::history::HistoryEvent>(R"({"timerFiredEventAttributes":{"timerId":"1"},"timerStartedEventAttributes":{}})"),
        HasSubstr("cannot be set together with \"timerFiredEventAttributes\""));
}

TEST(JsonParse, NumbersOf64BitsAreReadWithAndWithoutQuotes) {
    EXPECT_EQ(parsed<pb::history::HistoryEvent>(R"({"eventId":"9223372036854775807"})").event_id(), 9223372036854775807);
    EXPECT_EQ(parsed<pb::history::HistoryEvent>(R"({"eventId":7})").event_id(), 7);
    EXPECT_THAT(refusal<pb::history::HistoryEvent>(R"({"eventId":"9223372036854775808"})"), HasSubstr("out of range"));
    EXPECT_THAT(refusal<pb::history::HistoryEvent>(R"({"eventId":""})"), HasSubstr("must be an integer"));
}

TEST(JsonParse, NullIsAsIfTheFieldWereAbsent) {
    EXPECT_EQ(parsed<start_request>(R"({"workflowId":null,"input":null,"retryPolicy":null})").ByteSizeLong(), 0U);
}

TEST(JsonParse, NestingAndSizeAreBounded) {
    std::string deep = "{}";
    for (int i = 0; i < 200; ++i) deep = "{\"cause\":" + deep + "}";
    EXPECT_THAT(refusal<pb::failure::Failure>(deep), HasSubstr("deeper than 100 levels"));
    EXPECT_THAT(refusal<start_request>(R"({"workflowId":"long"})", {.max_bytes = 10}), HasSubstr("the limit is 10"));
}

TEST(JsonParse, AnyHoldsMessagesOfTheContract) {
    using protocol_message = temporal::api::protocol::v1::Message;
    constexpr std::string_view json =
        R"({"id":"1","body":{"@type":"type.googleapis.com/temporal.api.update.v1.Request","meta":{"updateId":"u"}}})";
    const auto message = parsed<protocol_message>(json);
    temporal::api::update::v1::Request request;
    ASSERT_TRUE(message.body().UnpackTo(&request));
    EXPECT_EQ(request.meta().update_id(), "u");
    EXPECT_EQ(*perdure::print_message(message), json);
    EXPECT_THAT(refusal<protocol_message>(R"({"body":{"@type":"x/y.Z"}})"), HasSubstr("not part of the contract"));
    EXPECT_THAT(refusal<protocol_message>(R"({"body":{"a":1}})"), HasSubstr("\"@type\""));
}

TEST(JsonParse, WhatTheMessageHeldBeforeIsGone) {
    start_request request;
    request.set_identity("old");
    ASSERT_TRUE(parse_message(R"({"workflowId":"x"})", request));
    EXPECT_EQ(request.identity(), "");
}

}  // namespace
