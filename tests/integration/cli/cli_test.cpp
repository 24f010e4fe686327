// Each command once, against a server.
#include "tests/integration/cli/command_line.hpp"

namespace perdure::cli {
namespace {

using nlohmann::json;

TEST_F(command_line, start_prints_the_ids) {
    const auto document = perdure_json({"workflow", "start", "--type", "order", "--task-queue", "q", "--workflow-id", "o-1"});
    EXPECT_EQ(document["workflowId"], "o-1");
    EXPECT_EQ(document["type"], "order");
    EXPECT_FALSE(document["runId"].get<std::string>().empty());
}

TEST_F(command_line, execute_shows_progress_and_the_result) {
    auto worker = std::async(std::launch::async, [this] { answer(poll(), {complete("\"shipped\"")}); });
    const auto result =
        perdure({"workflow", "execute", "--type", "order", "--task-queue", "q", "-w", "o-1", "--input", "{\"n\":1}"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.out.find("Workflow started"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("\"shipped\""), std::string::npos) << result.out;
}

TEST_F(command_line, execute_and_result_exit_1_for_a_failed_workflow) {
    auto worker = std::async(std::launch::async, [this] { answer(poll(), {fail()}); });
    const auto executed = perdure({"workflow", "execute", "--type", "order", "--task-queue", "q", "-w", "o-1", "-o", "json"});
    EXPECT_EQ(executed.status, 1);
    EXPECT_EQ(json::parse(executed.out)["status"], "FAILED");
    const auto result = perdure({"workflow", "result", "-w", "o-1"});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.out.find("OutOfStock: out of stock"), std::string::npos) << result.out;
}

TEST_F(command_line, list_and_count_take_a_filter) {
    start("o-1");
    start("o-2");
    EXPECT_EQ(perdure({"workflow", "terminate", "-w", "o-2", "--reason", "test"}).status, 0);
    const auto running = perdure_json({"workflow", "list", "--query", "ExecutionStatus = \"Running\""});
    ASSERT_EQ(running.size(), 1u);
    EXPECT_EQ(running[0]["execution"]["workflowId"], "o-1");
    EXPECT_EQ(perdure_json({"workflow", "count"})["count"], "2");
    EXPECT_NE(perdure({"workflow", "list"}).out.find("Terminated"), std::string::npos);
    const auto lines = perdure({"workflow", "list", "-o", "jsonl"}).out;
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
    EXPECT_EQ(perdure({"workflow", "list", "--query", "Nonsense"}).status, 5);
}

TEST_F(command_line, describe_shows_what_it_waits_for) {
    start("o-1");
    answer(poll(), {activity()});
    const auto text = perdure({"workflow", "describe", "-w", "o-1"}).out;
    EXPECT_NE(text.find("Pending Activities: 1"), std::string::npos) << text;
    EXPECT_NE(text.find("charge"), std::string::npos) << text;
    EXPECT_EQ(perdure_json({"workflow", "describe", "-w", "o-1"})["pendingActivities"][0]["activityId"], "pay");
}

TEST_F(command_line, describe_shows_why_a_workflow_task_is_repeated) {
    start("o-1");
    pb::service::RespondWorkflowTaskFailedRequest failed;
    failed.set_namespace_("default");
    failed.set_task_token(poll().task_token());
    failed.mutable_failure()->set_message("this worker has no workflow type \"order\"; it has: invoice");
    static_cast<void>(ask(&node::respond_workflow_task_failed, failed));
    const auto text = perdure({"workflow", "describe", "-w", "o-1"}).out;
    EXPECT_NE(text.find("Last Workflow Task Failure:"), std::string::npos) << text;
    EXPECT_NE(text.find("it has: invoice"), std::string::npos) << text;
    EXPECT_EQ(perdure_json({"workflow", "describe", "-w", "o-1"})["lastWorkflowTaskFailure"]["message"],
              failed.failure().message());
}

TEST_F(command_line, an_activity_is_completed_from_outside) {
    start("o-1");
    answer(poll(), {activity()});
    pb::service::PollActivityTaskQueueRequest request;
    request.set_namespace_("default");
    request.mutable_task_queue()->set_name("q");
    static_cast<void>(ask(&node::poll_activity_task_queue, request));
    EXPECT_EQ(perdure({"activity", "complete", "-w", "o-1", "--activity-id", "pay", "--result", "{\"ok\":true}"}).status, 0);
    answer(poll(), {complete("1")});
    const auto text = perdure({"workflow", "show", "-w", "o-1"}).out;
    EXPECT_NE(text.find("Activity completed"), std::string::npos) << text;
    EXPECT_NE(text.find("result {\"ok\":true}"), std::string::npos) << text;
    EXPECT_EQ(perdure({"activity", "complete", "-w", "o-1", "--activity-id", "pay", "--result", "1"}).status, 3);
}

TEST_F(command_line, show_prints_the_export_format) {
    start("o-1", {"--input", "{\"n\":1}"});
    const auto document = perdure_json({"workflow", "show", "-w", "o-1"});
    ASSERT_FALSE(document["events"].empty());
    const auto& input = document["events"][0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"][0];
    EXPECT_EQ(input["metadata"]["encoding"], "anNvbi9wbGFpbg==");
}

TEST_F(command_line, show_follows_until_the_workflow_closes) {
    start("o-1");
    auto worker = std::async(std::launch::async, [this] { answer(poll(), {complete("7")}); });
    const auto result = perdure({"workflow", "show", "-w", "o-1", "--follow"});
    EXPECT_NE(result.out.find("Workflow completed"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("COMPLETED"), std::string::npos) << result.out;
}

TEST_F(command_line, signals_cancels_and_deletes) {
    start("o-1");
    EXPECT_EQ(perdure({"workflow", "signal", "-w", "o-1", "--name", "approve", "--input", "true"}).status, 0);
    EXPECT_EQ(perdure({"workflow", "cancel", "-w", "o-1", "--reason", "ordered twice"}).status, 0);
    const auto text = perdure({"workflow", "show", "-w", "o-1"}).out;
    EXPECT_NE(text.find("approve, input true"), std::string::npos) << text;
    EXPECT_NE(text.find("ordered twice"), std::string::npos) << text;
    EXPECT_EQ(perdure({"workflow", "delete", "-w", "o-1"}).status, 0);
    EXPECT_EQ(perdure({"workflow", "describe", "-w", "o-1"}).status, 3);
}

TEST_F(command_line, a_filter_can_name_many_with_consent_only) {
    start("o-1");
    start("o-2");
    EXPECT_EQ(perdure({"workflow", "terminate", "--query", "WorkflowType = \"order\"", "--yes"}).status, 0);
    EXPECT_EQ(perdure_json({"workflow", "count", "--query", "ExecutionStatus = \"Terminated\""})["count"], "2");
}

TEST_F(command_line, query_prints_the_answer) {
    start("o-1");
    answer(poll(), {});
    auto worker = std::async(std::launch::async, [this] {
        const auto task = poll();
        pb::service::RespondQueryTaskCompletedRequest request;
        request.set_namespace_("default");
        request.set_task_token(task.task_token());
        request.set_completed_type(pb::enums::QUERY_RESULT_TYPE_ANSWERED);
        auto& payload = *request.mutable_query_result()->add_payloads();
        (*payload.mutable_metadata())["encoding"] = "json/plain";
        payload.set_data("\"at line 7\"");
        static_cast<void>(ask(&node::respond_query_task_completed, request));
    });
    const auto result = perdure({"workflow", "stack", "-w", "o-1"});
    EXPECT_EQ(result.out, "at line 7\n");
}

TEST_F(command_line, what_is_not_there_is_exit_code_3) {
    const auto result = perdure({"workflow", "describe", "-w", "nobody"});
    EXPECT_EQ(result.status, 3);
    EXPECT_NE(result.err.find("nobody"), std::string::npos) << result.err;
}

TEST_F(command_line, a_task_queue_is_described) {
    start("o-1");
    const auto document = perdure_json({"task-queue", "describe", "--task-queue", "q"});
    EXPECT_EQ(document["stats"][0]["taskQueueType"], "workflow");
    EXPECT_EQ(perdure({"task-queue", "describe", "-t", "q"}).status, 0);
}

TEST_F(command_line, a_timeout_bounds_the_whole_command) {
    start("o-1");
    const auto result = perdure({"workflow", "result", "-w", "o-1", "--command-timeout", "200ms"});
    EXPECT_EQ(result.status, 4);
    EXPECT_NE(result.err.find("--command-timeout"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace perdure::cli
