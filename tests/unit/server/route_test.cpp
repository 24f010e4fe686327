#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/http/error_body.hpp"
#include "server/http/handler.hpp"
#include "server/http/message_fields.hpp"
#include "server/http/operation.hpp"
#include "server/http/route.hpp"
#include "server/http/uri.hpp"

namespace perdure::server {
namespace {

using testing::HasSubstr;

using fields = std::vector<std::pair<std::string, std::string>>;

struct routed {
    const char* verb;
    const char* target;
    const char* operation;
    fields found;
};

class Routes : public testing::TestWithParam<routed> {};

TEST_P(Routes, LeadToTheirOperation) {
    const auto target = parse_target(GetParam().target);
    ASSERT_TRUE(target) << target.error().message;
    const auto match = find_route(GetParam().verb, target->path);
    ASSERT_TRUE(std::holds_alternative<route_match>(match)) << GetParam().target;
    EXPECT_EQ(std::get<route_match>(match).operation, GetParam().operation);
    EXPECT_EQ(std::get<route_match>(match).fields, GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Routes,
    testing::Values(
        routed{"GET", "/api/v1/system-info", "GetSystemInfo", {}}, routed{"GET", "/system-info", "GetSystemInfo", {}},
        routed{"GET", "/api/v1/namespaces/default/workflows?query=x", "ListWorkflowExecutions", {{"namespace", "default"}}},
        routed{"GET", "/api/v1/namespaces/default/workflow-count", "CountWorkflowExecutions", {{"namespace", "default"}}},
        routed{"POST",
               "/api/v1/namespaces/shop/workflows/o-1",
               "StartWorkflowExecution",
               {{"namespace", "shop"}, {"workflow_id", "o-1"}}},
        routed{
            "POST", "/namespaces/shop/workflows/o-1", "StartWorkflowExecution", {{"namespace", "shop"}, {"workflow_id", "o-1"}}},
        routed{"GET",
               "/api/v1/namespaces/shop/workflows/a%2Fb%20%C3%A9",
               "DescribeWorkflowExecution",
               {{"namespace", "shop"}, {"execution.workflow_id", "a/b é"}}},
        routed{"DELETE",
               "/api/v1/namespaces/shop/workflows/o-1",
               "DeleteWorkflowExecution",
               {{"namespace", "shop"}, {"workflow_execution.workflow_id", "o-1"}}},
        routed{"GET",
               "/api/v1/namespaces/shop/workflows/o-1/history",
               "GetWorkflowExecutionHistory",
               {{"namespace", "shop"}, {"execution.workflow_id", "o-1"}}},
        routed{"GET",
               "/api/v1/namespaces/shop/workflows/o-1/history-reverse",
               "GetWorkflowExecutionHistoryReverse",
               {{"namespace", "shop"}, {"execution.workflow_id", "o-1"}}},
        routed{"POST",
               "/api/v1/namespaces/shop/workflows/o-1/query/status",
               "QueryWorkflow",
               {{"namespace", "shop"}, {"execution.workflow_id", "o-1"}, {"query.query_type", "status"}}},
        routed{"POST",
               "/api/v1/namespaces/shop/workflows/o-1/signal/approve",
               "SignalWorkflowExecution",
               {{"namespace", "shop"}, {"workflow_execution.workflow_id", "o-1"}, {"signal_name", "approve"}}},
        routed{"POST",
               "/api/v1/namespaces/shop/workflows/o-1/signal-with-start/approve",
               "SignalWithStartWorkflowExecution",
               {{"namespace", "shop"}, {"workflow_id", "o-1"}, {"signal_name", "approve"}}},
        routed{"POST",
               "/api/v1/namespaces/shop/workflows/o-1/cancel",
               "RequestCancelWorkflowExecution",
               {{"namespace", "shop"}, {"workflow_execution.workflow_id", "o-1"}}},
        routed{"POST",
               "/api/v1/namespaces/shop/workflows/o-1/terminate",
               "TerminateWorkflowExecution",
               {{"namespace", "shop"}, {"workflow_execution.workflow_id", "o-1"}}},
        routed{"POST",
               "/api/v1/namespaces/shop/workflows/o-1/activities/7/complete",
               "RespondActivityTaskCompletedById",
               {{"namespace", "shop"}, {"workflow_id", "o-1"}, {"activity_id", "7"}}},
        routed{"POST",
               "/api/v1/namespaces/shop/activities/7/fail",
               "RespondActivityTaskFailedById",
               {{"namespace", "shop"}, {"activity_id", "7"}}},
        routed{"GET",
               "/api/v1/namespaces/shop/task-queues/orders",
               "DescribeTaskQueue",
               {{"namespace", "shop"}, {"task_queue.name", "orders"}}},
        routed{"POST", "/temporal.api.workflowservice.v1.WorkflowService/PollWorkflowTaskQueue", "PollWorkflowTaskQueue", {}}));

TEST(Route, AnotherVerbIsToldWhichOnesAreServed) {
    const auto match = find_route("PUT", {"api", "v1", "namespaces", "shop", "workflows", "o-1"});
    ASSERT_TRUE(std::holds_alternative<wrong_verb>(match));
    EXPECT_EQ(std::get<wrong_verb>(match).allowed, "POST, GET, DELETE");
}

TEST(Route, OtherPathsLeadNowhere) {
    for (const char* target : {"/", "/api/v1", "/api/v1/namespaces/shop/workflows/", "/api/v1/namespaces//workflows/o-1",
                               "/api/v2/system-info", "/api/v1/namespaces/shop/workflows/a/b", "/api/v1/api/v1/system-info"}) {
        const auto parsed = parse_target(target);
        ASSERT_TRUE(parsed);
        EXPECT_TRUE(std::holds_alternative<no_route>(find_route("GET", parsed->path))) << target;
    }
}

TEST(Route, EveryRouteNamesAnOperationAndFieldsOfItsRequest) {
    std::set<std::string> paths;
    for (const route& one : routes()) {
        EXPECT_TRUE(paths.insert(std::string(one.verb) + " " + std::string(one.path)).second) << one.path;
        const operation* served = find_operation(one.operation);
        ASSERT_NE(served, nullptr) << one.operation;
        const message_ptr request = served->make_request();
        std::string_view rest = one.path;
        for (std::size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
            const std::size_t end = rest.find('}');
            set_text_field(*request, rest.substr(open + 1, end - open - 1), "value");
            rest.remove_prefix(end + 1);
        }
        EXPECT_EQ(request->GetDescriptor()->name(), std::string(one.operation) + "Request");
    }
}

TEST(Target, BrokenOnesAreRefused) {
    for (const char* target : {"workflows", "/a%", "/a%2", "/a%zz", "/%ff", "/%c0%80", "/%ed%a0%80", "/a?b=%ff"})
        EXPECT_FALSE(parse_target(target)) << target;
}

TEST(Target, QueriesAreTakenApart) {
    const auto parsed = parse_target("http://host:1/p?a=1+2&b=%26&&flag&c=d=e#part");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->path, std::vector<std::string>{"p"});
    EXPECT_EQ(parsed->query, (fields{{"a", "1 2"}, {"b", "&"}, {"flag", ""}, {"c", "d=e"}}));
    EXPECT_TRUE(parsed->has_query("flag"));
}

struct mapped {
    const char* operation;
    fields query;
    const char* json;
};

class QueryParameters : public testing::TestWithParam<mapped> {};

TEST_P(QueryParameters, BecomeTheMessagesJson) {
    const auto json = query_as_json(*find_operation(GetParam().operation)->make_request()->GetDescriptor(), GetParam().query);
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ(*json, *parse_json(GetParam().json));
}

INSTANTIATE_TEST_SUITE_P(Table, QueryParameters,
                         testing::Values(mapped{"GetWorkflowExecutionHistory",
                                                {{"execution.runId", "r"}, {"waitNewEvent", "true"}, {"maximum_page_size", "10"}},
                                                R"({"execution":{"runId":"r"},"waitNewEvent":true,"maximumPageSize":"10"})"},
                                         mapped{"GetWorkflowExecutionHistory",
                                                {{"wait_new_event", ""}, {"historyEventFilterType", "2"}},
                                                R"({"waitNewEvent":true,"historyEventFilterType":2})"},
                                         mapped{"GetWorkflowExecutionHistory",
                                                {{"historyEventFilterType", "HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT"}},
                                                R"({"historyEventFilterType":"HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT"})"},
                                         mapped{"DescribeTaskQueue",
                                                {{"taskQueueTypes", "1"}, {"taskQueueTypes", "2"}, {"reportStats", "0"}},
                                                R"({"taskQueueTypes":[1,2],"reportStats":false})"},
                                         mapped{"ListWorkflowExecutions",
                                                {{"pretty", ""}, {"noPayloadShorthand", ""}, {"query", "a = 1"}},
                                                R"({"query":"a = 1"})"}));

struct refused {
    fields query;
    const char* message;
};

class RefusedParameters : public testing::TestWithParam<refused> {};

TEST_P(RefusedParameters, AreNamed) {
    const auto json =
        query_as_json(*find_operation("GetWorkflowExecutionHistory")->make_request()->GetDescriptor(), GetParam().query);
    ASSERT_FALSE(json);
    EXPECT_EQ(json.error().code, status_code::invalid_argument);
    EXPECT_THAT(json.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Table, RefusedParameters,
                         testing::Values(refused{{{"wait", "1"}}, "there is no query parameter \"wait\" here"},
                                         refused{{{"waitNewEvent", "yes"}}, "must be true or false, not \"yes\""},
                                         refused{{{"execution", "x"}}, "\"execution\" is not a single value"},
                                         refused{{{"namespace.x", "x"}}, "is not a single value"},
                                         refused{{{"execution.run", "x"}}, "WorkflowExecution has: workflowId, runId"},
                                         refused{{{"skipArchival", "1"}, {"skip_archival", "1"}}, "was given twice"}));

TEST(ErrorBody, HasTemporalsStatusAndShape) {
    const std::vector<std::pair<status_code, int>> statuses{{status_code::canceled, 499},
                                                            {status_code::unknown, 500},
                                                            {status_code::invalid_argument, 400},
                                                            {status_code::deadline_exceeded, 504},
                                                            {status_code::not_found, 404},
                                                            {status_code::already_exists, 409},
                                                            {status_code::permission_denied, 403},
                                                            {status_code::resource_exhausted, 429},
                                                            {status_code::failed_precondition, 400},
                                                            {status_code::aborted, 409},
                                                            {status_code::out_of_range, 400},
                                                            {status_code::unimplemented, 501},
                                                            {status_code::internal, 500},
                                                            {status_code::unavailable, 503},
                                                            {status_code::data_loss, 500}};
    for (const auto& [code, status] : statuses) EXPECT_EQ(http_status(code), status) << to_string(code);
    EXPECT_EQ(error_body({status_code::not_found, "no \"o-1\""}, false), R"({"code":5,"message":"no \"o-1\"","details":[]})");
    EXPECT_EQ(
        error_body({status_code::resource_exhausted, "busy"}, false, std::chrono::milliseconds(1'050)),
        R"({"code":8,"message":"busy","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.050s"}]})");
    EXPECT_EQ(refusal({status_code::resource_exhausted, "busy"}).retry_after, std::chrono::milliseconds(200));
    EXPECT_EQ(refusal({status_code::unavailable, "busy"}).retry_after, std::chrono::milliseconds(0));
}

TEST(ErrorBody, AStartThatFoundARunNamesIt) {
    const std::string body = error_body({status_code::already_exists, "runs", "r-7"}, false);
    EXPECT_THAT(body, HasSubstr("temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure"));
    EXPECT_THAT(body, HasSubstr(R"("runId":"r-7")"));
}

}  // namespace
}  // namespace perdure::server
