#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/describe/class.hpp>

#include "api/payload.hpp"
#include "perdure/client.hpp"
#include "scripted_connection.hpp"

namespace perdure {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

struct Order {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(Order, (), (id))
struct OrderFlow : contract<OrderFlow, "order.fulfil", std::string(Order)> {
    static constexpr signal<"approve", bool> approve{};
    static constexpr signal<"hurry"> hurry{};
    static constexpr query<"stage", std::string()> stage{};
};

class Start : public ::testing::Test {
  protected:
    std::shared_ptr<detail::scripted_connection> via = std::make_shared<detail::scripted_connection>();
    perdure::client caller{via};
    start_options options{.id = "o-1", .task_queue = "orders"};

    void answer_start() {
        pb::service::StartWorkflowExecutionResponse answer;
        answer.set_run_id("run-1");
        via->server.start_workflow_execution_answers.emplace_back(answer);
    }
    const pb::service::StartWorkflowExecutionRequest& asked() const {
        return via->server.start_workflow_execution_requests.at(0);
    }
};

TEST_F(Start, CarriesWhatTheOptionsSay) {
    answer_start();
    options.on_conflict = use_existing;
    options.id_reuse = id_reuse::reject_duplicate;
    options.run_timeout = 90s;
    options.start_delay = 1500ms;
    options.retry = retry_policy{.initial = 2s, .max_attempts = 3};
    options.memo = {{"customer", encode(std::string("ann"))}};
    const auto run = caller.start<OrderFlow>(Order{"7"}, options);
    EXPECT_EQ(run.id(), "o-1");
    EXPECT_EQ(run.run_id(), "run-1");
    EXPECT_EQ(asked().namespace_(), "shop");
    EXPECT_EQ(asked().workflow_type().name(), "order.fulfil");
    EXPECT_EQ(asked().task_queue().name(), "orders");
    EXPECT_EQ(asked().request_id(), "request-1");
    EXPECT_EQ(asked().input().payloads(0).data(), R"({"id":"7"})");
    EXPECT_EQ(asked().workflow_id_conflict_policy(), pb::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    EXPECT_EQ(asked().workflow_id_reuse_policy(), pb::enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE);
    EXPECT_EQ(asked().workflow_run_timeout().seconds(), 90);
    EXPECT_EQ(asked().workflow_start_delay().nanos(), 500'000'000);
    EXPECT_EQ(asked().retry_policy().maximum_attempts(), 3);
    EXPECT_EQ(asked().memo().fields().at("customer").data(), "\"ann\"");
}

TEST_F(Start, OptionsThatCannotWorkAreRefusedBeforeAnythingIsSent) {
    const auto refused = [&](start_options given, const char* sentence) {
        try {
            (void)caller.start<OrderFlow>(Order{}, given);
            ADD_FAILURE() << "accepted: " << sentence;
        } catch (const service_error& error) {
            EXPECT_EQ(error.code(), status_code::invalid_argument);
            EXPECT_THAT(error.what(), HasSubstr(sentence));
        }
    };
    refused({.id = "", .task_queue = "q"}, "start_options.id is empty");
    refused({.id = "x", .task_queue = ""}, "start_options.task_queue is empty");
    refused({.id = "x", .task_queue = "q", .run_timeout = -1s}, "run_timeout must not be negative");
    refused({.id = "x", .task_queue = "q", .retry = retry_policy{.backoff = 0.5}}, "retry.backoff");
    refused({.id = "x", .task_queue = "q", .cron = "* * * * *"}, "cron is not supported");
    EXPECT_TRUE(via->server.start_workflow_execution_requests.empty());
}

TEST_F(Start, AnIdThatIsTakenIsToldWithTheRunThatHasIt) {
    via->server.start_workflow_execution_answers.emplace_back(
        service_failure{.code = status_code::already_exists, .message = "it runs", .run_id = "run-9"});
    try {
        (void)caller.start<OrderFlow>(Order{}, options);
        FAIL() << "started";
    } catch (const already_started_error& error) {
        EXPECT_EQ(error.run_id(), "run-9");
    }
}

TEST_F(Start, SignalsGoToTheCurrentRunAndCancelsToTheChainThatWasStarted) {
    answer_start();
    via->server.signal_workflow_execution_answers.emplace_back(pb::service::SignalWorkflowExecutionResponse());
    via->server.request_cancel_workflow_execution_answers.emplace_back(pb::service::RequestCancelWorkflowExecutionResponse());
    const auto run = caller.start<OrderFlow>(Order{}, options);
    run.signal(OrderFlow::approve, true);
    run.cancel("changed her mind");
    const auto& signal = via->server.signal_workflow_execution_requests.at(0);
    EXPECT_EQ(signal.workflow_execution().run_id(), "");
    EXPECT_EQ(signal.signal_name(), "approve");
    EXPECT_EQ(signal.input().payloads(0).data(), "true");
    EXPECT_FALSE(signal.request_id().empty());
    const auto& cancel = via->server.request_cancel_workflow_execution_requests.at(0);
    EXPECT_EQ(cancel.first_execution_run_id(), "run-1");
    EXPECT_EQ(cancel.reason(), "changed her mind");
}

TEST_F(Start, AnAttachedRunWithAnIdIsMeantExactly) {
    via->server.signal_workflow_execution_answers.emplace_back(pb::service::SignalWorkflowExecutionResponse());
    caller.attach<OrderFlow>("o-1", "run-5").signal(OrderFlow::hurry);
    EXPECT_EQ(via->server.signal_workflow_execution_requests.at(0).workflow_execution().run_id(), "run-5");
    EXPECT_FALSE(via->server.signal_workflow_execution_requests.at(0).has_input());
}

TEST_F(Start, QueriesAreDecoded) {
    pb::service::QueryWorkflowResponse answer;
    *answer.mutable_query_result() = to_payloads(std::string("charged"));
    via->server.query_workflow_answers.emplace_back(answer);
    EXPECT_EQ(caller.attach<OrderFlow>("o-1").query(OrderFlow::stage), "charged");
    EXPECT_EQ(via->server.query_workflow_requests.at(0).query().query_type(), "stage");
}

TEST_F(Start, WithASignalItIsOneRequest) {
    pb::service::SignalWithStartWorkflowExecutionResponse answer;
    answer.set_run_id("run-2");
    via->server.signal_with_start_workflow_execution_answers.emplace_back(answer);
    const auto run = caller.signal_with_start<OrderFlow>(Order{"7"}, OrderFlow::approve, true, options);
    EXPECT_EQ(run.run_id(), "run-2");
    const auto& request = via->server.signal_with_start_workflow_execution_requests.at(0);
    EXPECT_EQ(request.signal_name(), "approve");
    EXPECT_EQ(request.signal_input().payloads(0).data(), "true");
    EXPECT_EQ(request.input().payloads(0).data(), R"({"id":"7"})");
}

}  // namespace
}  // namespace perdure
