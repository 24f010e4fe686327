// What a caller gets for requests that make no sense: Temporal's error JSON, with the field and what to do.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "tests/integration/server/real_server.hpp"

namespace perdure::server {
namespace {

using testing::HasSubstr;

const std::string one = workflows + "/o-1";
const std::string known = workflows + "/known";

struct bad_input {
    const char* name;
    const char* verb;
    std::string target;
    std::string body;
    /// The field, or what stands for it, and the remedy.
    const char* field;
    const char* remedy;
    int status = 400;
    int code = 3;
};

void PrintTo(const bad_input& input, std::ostream* out) { *out << input.verb << " " << input.name; }

std::string start_with(const std::string& more) {
    return R"({"workflowType":{"name":"t"},"taskQueue":{"name":"q"},)" + more + "}";
}

class BadInput : public testing::TestWithParam<bad_input> {
  protected:
    static void SetUpTestSuite() {
        options from = running_server::quiet();
        from.limits.body_bytes = 100'000;
        server_ = std::make_unique<real_server>(from);
        EXPECT_EQ(raw_client(server_->port()).ask("POST", known, a_start).status, 200);
    }
    static void TearDownTestSuite() { server_.reset(); }

    static inline std::unique_ptr<real_server> server_;
};

TEST_P(BadInput, IsRefusedWithItsFieldAndItsRemedyAndTheServerGoesOn) {
    const bad_input& input = GetParam();
    raw_client client(server_->port());
    const answer got = client.ask(input.verb, input.target, input.body);
    EXPECT_EQ(got.status, input.status) << got.body;
    const auto error = nlohmann::json::parse(got.body, nullptr, false);
    ASSERT_TRUE(error.is_object()) << got.body;
    EXPECT_EQ(error.value("code", 0), input.code);
    EXPECT_TRUE(error.contains("details") && error["details"].is_array()) << got.body;
    EXPECT_THAT(error.value("message", ""), HasSubstr(input.field));
    EXPECT_THAT(error.value("message", ""), HasSubstr(input.remedy));
    raw_client other(server_->port());
    EXPECT_EQ(other.ask("POST", workflows + "/after-" + input.name, a_start).status, 200);
    EXPECT_EQ(other.ask("GET", one).status, 404) << "nothing of a refused start is left";
}

const std::string x1001(1001, 'x');

INSTANTIATE_TEST_SUITE_P(
    Json, BadInput,
    testing::Values(
        bad_input{"no_json", "POST", one, "order 17", "malformed JSON", "byte 1"},
        bad_input{"cut_off", "POST", one, R"({"workflowType":{"name":"t")", "malformed JSON", "byte 28"},
        bad_input{"trailing_comma", "POST", one, R"({"identity":"i",})", "malformed JSON", "byte 17"},
        bad_input{"a_list", "POST", one, "[]", "list", "object"},
        bad_input{"type_of_a_string", "POST", one, R"({"workflowType":{"name":[1]}})", "workflowType.name", "must be a text"},
        bad_input{"type_of_a_message", "POST", one, R"({"taskQueue":"q"})", "taskQueue", "must be an object"},
        bad_input{"type_of_a_number", "POST", one, start_with(R"("retryPolicy":{"maximumAttempts":"many"})"),
                  "retryPolicy.maximumAttempts", "must be an integer"},
        bad_input{"number_too_large", "POST", one, start_with(R"("retryPolicy":{"maximumAttempts":9999999999})"),
                  "retryPolicy.maximumAttempts", "does not fit"},
        bad_input{"unknown_enum", "POST", one, start_with(R"("workflowIdReusePolicy":"MAYBE")"), "workflowIdReusePolicy",
                  "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE"},
        bad_input{"unknown_field", "POST", one, start_with(R"("retryPolcy":{})"), "retryPolcy", "retryPolicy"},
        bad_input{"utf8", "POST", one, start_with("\"identity\":\"\xc3\x28\""), "UTF-8", "UTF-8"},
        bad_input{"utf8_in_the_path", "GET", workflows + "/%ff", "", "UTF-8", "UTF-8"},
        bad_input{"utf8_surrogate", "POST", one, start_with(R"("identity":"\ud800")"), "surrogate", "must be followed by"},
        bad_input{"nesting", "POST", one, start_with(R"("input":)" + std::string(9'000, '[') + std::string(9'000, ']')), "nest",
                  "100"},
        bad_input{"body", "POST", one, start_with("\"identity\":\"" + std::string(100'000, 'x') + "\""), "100000 bytes", "send",
                  413, 8}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Ids, BadInput,
    testing::Values(bad_input{"workflow_id", "POST", workflows + "/" + x1001, a_start, "WorkflowId", "1000"},
                    bad_input{"run_id", "GET", one + "?execution.runId=" + x1001, "", "RunId", "1000"},
                    bad_input{"type", "POST", one, R"({"taskQueue":{"name":"q"},"workflowType":{"name":")" + x1001 + "\"}}",
                              "WorkflowType", "1000"},
                    bad_input{"queue", "POST", one, R"({"workflowType":{"name":"t"},"taskQueue":{"name":")" + x1001 + "\"}}",
                              "task queue name", "1000"},
                    bad_input{"request", "POST", one, start_with("\"requestId\":\"" + x1001 + "\""), "RequestId", "1000"},
                    bad_input{"identity", "POST", one, start_with("\"identity\":\"" + x1001 + "\""), "Identity", "1000"},
                    bad_input{"signal", "POST", known + "/signal/" + x1001, "{}", "SignalName", "1000"},
                    bad_input{"query", "POST", known + "/query/" + x1001, "{}", "QueryType", "1000"},
                    bad_input{"activity", "POST", one + "/activities/" + x1001 + "/complete", "{}", "ActivityId", "1000"},
                    bad_input{"no_type", "POST", one, R"({"taskQueue":{"name":"q"}})", "WorkflowType", "name the workflow type"},
                    bad_input{"no_queue", "POST", one, R"({"workflowType":{"name":"t"}})", "task queue", "set the task queue"},
                    bad_input{"no_namespace", "GET", "/api/v1/namespaces/nowhere/workflows", "", "nowhere", "configuration", 404,
                              5}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Durations, BadInput,
    testing::Values(
        bad_input{"negative_run_timeout", "POST", one, start_with(R"("workflowRunTimeout":"-1s")"), "WorkflowRunTimeout", "0"},
        bad_input{"negative_task_timeout", "POST", one, start_with(R"("workflowTaskTimeout":"-1s")"), "WorkflowTaskTimeout", "0"},
        bad_input{"negative_execution_timeout", "POST", one, start_with(R"("workflowExecutionTimeout":"-0.001s")"),
                  "WorkflowExecutionTimeout", "0"},
        bad_input{"negative_delay", "POST", one, start_with(R"("workflowStartDelay":"-1s")"), "WorkflowStartDelay", "0"},
        bad_input{"negative_interval", "POST", one, start_with(R"("retryPolicy":{"initialInterval":"-1s"})"), "InitialInterval",
                  "0"},
        bad_input{"year_10000", "POST", one, start_with(R"("workflowRunTimeout":"315576000001s")"), "workflowRunTimeout",
                  "10,000 years"},
        bad_input{"absurd", "POST", one, start_with(R"("workflowRunTimeout":"99999999999999999999s")"), "workflowRunTimeout",
                  "10,000 years"},
        bad_input{"words", "POST", one, start_with(R"("workflowRunTimeout":"soon")"), "workflowRunTimeout", "1.5s"},
        bad_input{"minutes", "POST", one, start_with(R"("workflowRunTimeout":"5m")"), "workflowRunTimeout", "1.5s"},
        bad_input{"coefficient", "POST", one, start_with(R"("retryPolicy":{"backoffCoefficient":0.5})"), "BackoffCoefficient",
                  "1"},
        bad_input{"cron", "POST", one, start_with(R"("cronSchedule":"* * * * *")"), "CronSchedule", "leave it empty"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Reads, BadInput,
    testing::Values(bad_input{"list_query", "GET", workflows + "?query=ExecutionStatus%20%3D", "", "ExecutionStatus", "expected"},
                    bad_input{"list_page", "GET", workflows + "?pageSize=-1", "", "page size", "or more"},
                    bad_input{"list_page_word", "GET", workflows + "?pageSize=ten", "", "pageSize", "must be an integer"},
                    bad_input{"list_token", "GET", workflows + "?nextPageToken=AAAA", "", "NextPageToken", "none to start anew"},
                    bad_input{"history_token", "GET", one + "/history?nextPageToken=AAAA", "", "NextPageToken",
                              "none to start anew"},
                    bad_input{"parameter", "GET", workflows + "?pageSise=1", "", "pageSise", "pageSize"},
                    bad_input{"activity_token", "POST", "/api/v1/namespaces/default/activity-complete", R"({"taskToken":"AAAA"})",
                              "task token", "token"}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace perdure::server
