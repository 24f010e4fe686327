#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/failure.hpp"
#include "api/payload.hpp"
#include "perdure/client.hpp"
#include "scripted_connection.hpp"
#include "sdk/client/codec_connection.hpp"
#include "sdk/vocabulary/payload_conversion.hpp"
#include "tests/unit/vocabulary/example_codecs.hpp"

namespace perdure {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Echo : contract<Echo, "echo", std::string(std::string)> {
    static constexpr signal<"say", std::string> say{};
    static constexpr query<"heard", std::string()> heard{};
};

class Codec : public ::testing::Test {
  protected:
    std::shared_ptr<detail::scripted_connection> script = std::make_shared<detail::scripted_connection>();
    std::shared_ptr<example::moody_codec> moody = std::make_shared<example::moody_codec>();
    std::shared_ptr<detail::connection> via = detail::with_conversion(script, {.codecs = {moody}, .encode_failures = true});
    perdure::client caller{via};
    start_options options{.id = "e-1", .task_queue = "q"};

    template <class Message>
    Message encoded(Message message) const {
        EXPECT_EQ(via->conversion()->encode(message), std::nullopt);
        return message;
    }
};

TEST_F(Codec, WithoutAnyTheConnectionIsTheSame) {
    EXPECT_EQ(detail::with_conversion(script, {}), script);
    EXPECT_EQ(script->conversion(), nullptr);
    EXPECT_THROW((void)client::connect({.conversion = {.codecs = {nullptr}}}), std::invalid_argument);
}

TEST_F(Codec, RequestsGoOutEncodedAndAnswersComeInClear) {
    script->server.start_workflow_execution_answers.emplace_back(pb::service::StartWorkflowExecutionResponse());
    options.memo = {{"customer", encode(std::string("ann"))}};
    const auto run = caller.start<Echo>(std::string("hello"), options);
    const auto& asked = script->server.start_workflow_execution_requests.at(0);
    EXPECT_EQ(encoding_of(asked.input().payloads(0)), "binary/encrypted");
    EXPECT_EQ(encoding_of(asked.memo().fields().at("customer")), "binary/encrypted");
    EXPECT_EQ(asked.workflow_type().name(), "echo");

    script->server.signal_workflow_execution_answers.emplace_back(pb::service::SignalWorkflowExecutionResponse());
    run.signal(Echo::say, std::string("more"));
    EXPECT_EQ(encoding_of(script->server.signal_workflow_execution_requests.at(0).input().payloads(0)), "binary/encrypted");

    pb::service::QueryWorkflowResponse heard;
    *heard.mutable_query_result() = to_payloads(std::string("hello more"));
    script->server.query_workflow_answers.emplace_back(encoded(heard));
    EXPECT_EQ(run.query(Echo::heard), "hello more");
}

TEST_F(Codec, AFailedWorkflowIsToldInClear) {
    pb::service::GetWorkflowExecutionHistoryResponse page;
    auto& event = *page.mutable_history()->add_events();
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
    *event.mutable_workflow_execution_failed_event_attributes()->mutable_failure() =
        make_application_failure({.type = "Refused", .message = "card 4711"});
    page = encoded(page);
    EXPECT_THAT(page.SerializeAsString(), ::testing::Not(HasSubstr("4711")));
    script->server.get_workflow_execution_history_answers.emplace_back(page);
    try {
        (void)caller.attach<Echo>("e-1").result();
        FAIL() << "it succeeded";
    } catch (const workflow_failure& failed) {
        EXPECT_THAT(failed.what(), HasSubstr("card 4711"));
    }
}

TEST_F(Codec, WhatCannotBeEncodedIsNotSent) {
    moody->fail_encode = true;
    try {
        (void)caller.start<Echo>(std::string("hello"), options);
        FAIL() << "it was sent";
    } catch (const service_error& refused) {
        EXPECT_EQ(refused.code(), status_code::failed_precondition);
        EXPECT_THAT(refused.what(),
                    AllOf(HasSubstr("StartWorkflowExecution was not sent"),
                          HasSubstr("perdure::example::moody_codec could not encode a value: no key to encrypt with")));
    }
    EXPECT_TRUE(script->server.start_workflow_execution_requests.empty());
}

TEST_F(Codec, AnAnswerThatCannotBeDecodedFailsTheCall) {
    pb::service::QueryWorkflowResponse heard;
    *heard.mutable_query_result() = to_payloads(std::string("hello"));
    script->server.query_workflow_answers.emplace_back(encoded(heard));
    moody->fail_decode = true;
    try {
        (void)caller.attach<Echo>("e-1").query(Echo::heard);
        FAIL() << "it was read";
    } catch (const service_error& refused) {
        EXPECT_EQ(refused.code(), status_code::data_loss);
        EXPECT_THAT(refused.what(), HasSubstr("moody_codec could not decode a value: no key to decrypt with"));
    }
}

}  // namespace
}  // namespace perdure
