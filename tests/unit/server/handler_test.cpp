#include "server/http/handler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/server/fake_node.hpp"

namespace perdure::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Handler : public testing::Test {
  protected:
    fake_node node_;
    metrics measured_;
    logger log_{log_level::off};
    http_handler handler_{[this]() -> node& { return node_; }, measured_, log_};

    std::optional<http_response> last_;

    http_response ask(std::string verb, std::string target, std::string body = {}, std::string accept = {}) {
        last_.reset();
        handler_.handle({std::move(verb), std::move(target), std::move(accept), std::move(body)},
                        [this](http_response response) { last_ = std::move(response); });
        return last_.value_or(http_response{.status = 0});
    }
};

TEST_F(Handler, APathAndABodyMakeARequest) {
    const auto response = ask("POST", "/api/v1/namespaces/shop/workflows/o%2F1",
                              R"({"workflowType":{"name":"order"},"taskQueue":{"name":"orders"},"workflowId":"the path wins"})");
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(node_.started.namespace_(), "shop");
    EXPECT_EQ(node_.started.workflow_id(), "o/1");
    EXPECT_EQ(node_.started.workflow_type().name(), "order");
    EXPECT_THAT(response.body, HasSubstr(R"("runId":"run-of-o/1")"));
}

TEST_F(Handler, AQueryMakesARequest) {
    const auto response = ask("GET", "/api/v1/namespaces/shop/workflows/o-1?execution.runId=r-1");
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr(R"("runId":"r-1")"));
}

TEST_F(Handler, EveryOperationAnswersOnGrpcsPath) {
    for (const char* name : {"GetSystemInfo", "PollWorkflowTaskQueue", "RespondQueryTaskCompleted", "DeleteWorkflowExecution"})
        EXPECT_EQ(ask("POST", "/temporal.api.workflowservice.v1.WorkflowService/" + std::string(name), "{}").status, 200) << name;
    EXPECT_EQ(ask("POST", "/temporal.api.workflowservice.v1.WorkflowService/Nonsense", "{}").status, 404);
    EXPECT_EQ(ask("GET", "/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo").status, 405);
}

TEST_F(Handler, ARefusalIsTemporalsErrorJson) {
    auto response = ask("GET", "/api/v1/namespaces/shop/workflows/missing");
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, R"({"code":5,"message":"there is no workflow \"missing\"","details":[]})");
    response = ask("POST", "/api/v1/namespaces/shop/workflows/running", "{}");
    EXPECT_EQ(response.status, 409);
    EXPECT_THAT(response.body, HasSubstr(R"("runId":"run-1")"));
}

struct bad_body {
    const char* name;
    std::string body;
};

class BadBodies : public Handler, public testing::WithParamInterface<bad_body> {};

TEST_P(BadBodies, AreRefusedAndTheServerGoesOn) {
    const auto response = ask("POST", "/api/v1/namespaces/shop/workflows/o-1", GetParam().body);
    EXPECT_EQ(response.status, 400) << response.body;
    EXPECT_THAT(response.body, HasSubstr(R"("code":3)"));
    EXPECT_THAT(node_.asked, ElementsAre());
    EXPECT_EQ(ask("POST", "/api/v1/namespaces/shop/workflows/o-1", "{}").status, 200);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadBodies,
    testing::Values(bad_body{"not_json", "{"}, bad_body{"trailing", "{} x"}, bad_body{"a_list", "[]"},
                    bad_body{"null_byte", std::string("{\0}", 3)}, bad_body{"wrong_type", R"({"workflowType":7})"},
                    bad_body{"unknown_enum", R"({"workflowIdReusePolicy":"NO_SUCH_POLICY"})"},
                    bad_body{"unknown_field", R"({"workflowTyp":{"name":"x"}})"}, bad_body{"bad_utf8", "{\"identity\":\"\xff\"}"},
                    bad_body{"year_10000", R"({"workflowRunTimeout":"999999999999s"})"},
                    bad_body{"not_a_duration", R"({"workflowRunTimeout":"soon"})"},
                    bad_body{"deep", R"({"memo":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}"}),
    [](const auto& one) { return one.param.name; });

TEST_F(Handler, APrettyAnswerHasLines) {
    EXPECT_THAT(ask("GET", "/api/v1/namespaces/shop/workflows/o-1?pretty").body, HasSubstr("\n"));
    EXPECT_THAT(ask("GET", "/api/v1/namespaces/shop/workflows/missing?pretty").body, HasSubstr("\n"));
    EXPECT_THAT(ask("GET", "/api/v1/namespaces/shop/workflows/o-1", "", "application/json+pretty").body, HasSubstr("\n"));
}

TEST_F(Handler, ProbesAndMetricsAreServed) {
    EXPECT_EQ(ask("GET", "/healthz").status, 200);
    EXPECT_EQ(ask("GET", "/readyz").status, 200);
    ask("GET", "/api/v1/namespaces/shop/workflows/missing");
    const auto scraped = ask("GET", "/metrics");
    EXPECT_THAT(scraped.content_type, HasSubstr("text/plain"));
    EXPECT_THAT(scraped.body, HasSubstr(R"(service_requests{operation="DescribeWorkflowExecution"} 1)"));
    EXPECT_THAT(scraped.body, HasSubstr(R"(service_errors{operation="DescribeWorkflowExecution"} 1)"));
    EXPECT_EQ(ask("POST", "/metrics").status, 405);
}

TEST_F(Handler, AStartThatWaitsForItsEndIsNoSlowStart) {
    EXPECT_EQ(ask("POST", "/api/v1/namespaces/shop/workflows/o-1", "{}").status, 200);
    EXPECT_EQ(ask("POST", "/api/v1/namespaces/shop/workflows/o-2", R"({"perdureWaitForClose":true})").status, 200);
    EXPECT_TRUE(node_.started.perdure_wait_for_close());
    const std::string scraped = ask("GET", "/metrics").body;
    EXPECT_THAT(scraped, HasSubstr(R"(service_requests{operation="StartWorkflowExecution"} 2)"));
    EXPECT_THAT(scraped, HasSubstr(R"(service_latency_count{operation="StartWorkflowExecution"} 1)"));
    EXPECT_THAT(scraped, HasSubstr(R"(service_latency_count{operation="ExecuteWorkflow"} 1)"));
}

TEST_F(Handler, ALongPollIsAnsweredWhenItsTimeComes) {
    EXPECT_EQ(ask("GET", "/api/v1/namespaces/shop/workflows/o-1/history?waitNewEvent=true").status, 0);
    EXPECT_EQ(handler_.pending(), 1U);
    node_.due = wall_time{};
    node_.advance(wall_time{});
    EXPECT_EQ(last_.value().status, 200);
    EXPECT_EQ(handler_.pending(), 0U);
}

TEST_F(Handler, ADrainAnswersLongPollsAndRefusesWhatIsNew) {
    ask("GET", "/api/v1/namespaces/shop/workflows/o-1/history?waitNewEvent=true");
    handler_.drain();
    EXPECT_EQ(last_.value().status, 503);
    EXPECT_EQ(ask("GET", "/readyz").status, 503);
    EXPECT_EQ(ask("GET", "/healthz").status, 200);
    EXPECT_EQ(ask("GET", "/api/v1/system-info").status, 503);
}

TEST_F(Handler, PathsThatAreNotServedSayWhatIs) {
    const auto response = ask("GET", "/api/v1/orders");
    EXPECT_EQ(response.status, 404);
    EXPECT_THAT(response.body, HasSubstr("/api/v1/namespaces/{namespace}/workflows"));
    const auto other = ask("PATCH", "/api/v1/namespaces/shop/workflows/o-1");
    EXPECT_EQ(other.status, 405);
    EXPECT_EQ(other.allow, "POST, GET, DELETE");
    EXPECT_EQ(ask("GET", "/api/v1/worker-stream").status, 426);
}

}  // namespace
}  // namespace perdure::server
