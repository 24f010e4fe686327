#include "tests/unit/node/fixture.hpp"

namespace perdure::server::test {
namespace {

using requests = node_test;

TEST_F(requests, only_configured_namespaces_exist) {
    node_options two;
    two.namespaces = {"default", "billing"};
    restart(two);
    pb::service::ListWorkflowExecutionsRequest request;
    EXPECT_EQ(call(&node::list_workflow_executions, request).code(), status_code::invalid_argument);
    request.set_namespace_("nowhere");
    const auto refused = call(&node::list_workflow_executions, request);
    EXPECT_EQ(refused.code(), status_code::not_found);
    EXPECT_NE(refused.text().find("nowhere"), std::string::npos);
    request.set_namespace_("billing");
    EXPECT_TRUE(call(&node::list_workflow_executions, request).ok());
}

TEST_F(requests, every_operation_that_has_a_namespace_checks_it) {
    const auto refuses = [this](auto operation, auto request) {
        request.set_namespace_("nowhere");
        return call(operation, request).code() == status_code::not_found;
    };
    EXPECT_TRUE(refuses(&node::start_workflow_execution, pb::service::StartWorkflowExecutionRequest()));
    EXPECT_TRUE(refuses(&node::signal_workflow_execution, pb::service::SignalWorkflowExecutionRequest()));
    EXPECT_TRUE(refuses(&node::signal_with_start_workflow_execution, pb::service::SignalWithStartWorkflowExecutionRequest()));
    EXPECT_TRUE(refuses(&node::query_workflow, pb::service::QueryWorkflowRequest()));
    EXPECT_TRUE(refuses(&node::request_cancel_workflow_execution, pb::service::RequestCancelWorkflowExecutionRequest()));
    EXPECT_TRUE(refuses(&node::terminate_workflow_execution, pb::service::TerminateWorkflowExecutionRequest()));
    EXPECT_TRUE(refuses(&node::delete_workflow_execution, pb::service::DeleteWorkflowExecutionRequest()));
    EXPECT_TRUE(refuses(&node::describe_workflow_execution, pb::service::DescribeWorkflowExecutionRequest()));
    EXPECT_TRUE(refuses(&node::get_workflow_execution_history, pb::service::GetWorkflowExecutionHistoryRequest()));
    EXPECT_TRUE(refuses(&node::get_workflow_execution_history_reverse, pb::service::GetWorkflowExecutionHistoryReverseRequest()));
    EXPECT_TRUE(refuses(&node::count_workflow_executions, pb::service::CountWorkflowExecutionsRequest()));
    EXPECT_TRUE(refuses(&node::describe_task_queue, pb::service::DescribeTaskQueueRequest()));
    EXPECT_TRUE(refuses(&node::poll_workflow_task_queue, pb::service::PollWorkflowTaskQueueRequest()));
    EXPECT_TRUE(refuses(&node::poll_activity_task_queue, pb::service::PollActivityTaskQueueRequest()));
    EXPECT_TRUE(refuses(&node::respond_workflow_task_completed, pb::service::RespondWorkflowTaskCompletedRequest()));
    EXPECT_TRUE(refuses(&node::respond_workflow_task_failed, pb::service::RespondWorkflowTaskFailedRequest()));
    EXPECT_TRUE(refuses(&node::respond_query_task_completed, pb::service::RespondQueryTaskCompletedRequest()));
    EXPECT_TRUE(refuses(&node::reset_sticky_task_queue, pb::service::ResetStickyTaskQueueRequest()));
    EXPECT_TRUE(refuses(&node::respond_activity_task_completed, pb::service::RespondActivityTaskCompletedRequest()));
    EXPECT_TRUE(refuses(&node::respond_activity_task_failed, pb::service::RespondActivityTaskFailedRequest()));
    EXPECT_TRUE(refuses(&node::respond_activity_task_canceled, pb::service::RespondActivityTaskCanceledRequest()));
    EXPECT_TRUE(refuses(&node::record_activity_task_heartbeat, pb::service::RecordActivityTaskHeartbeatRequest()));
    EXPECT_TRUE(refuses(&node::respond_activity_task_completed_by_id, pb::service::RespondActivityTaskCompletedByIdRequest()));
    EXPECT_TRUE(refuses(&node::respond_activity_task_failed_by_id, pb::service::RespondActivityTaskFailedByIdRequest()));
    EXPECT_TRUE(refuses(&node::respond_activity_task_canceled_by_id, pb::service::RespondActivityTaskCanceledByIdRequest()));
    EXPECT_TRUE(refuses(&node::record_activity_task_heartbeat_by_id, pb::service::RecordActivityTaskHeartbeatByIdRequest()));
}

TEST_F(requests, ids_are_there_and_not_too_long) {
    pb::service::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    EXPECT_EQ(call(&node::describe_workflow_execution, request).code(), status_code::invalid_argument);
    request.mutable_execution()->set_workflow_id(std::string(1001, 'x'));
    EXPECT_EQ(call(&node::describe_workflow_execution, request).code(), status_code::invalid_argument);
    request.mutable_execution()->set_workflow_id(std::string(1000, 'x'));
    EXPECT_EQ(call(&node::describe_workflow_execution, request).code(), status_code::not_found);
    request.mutable_execution()->set_run_id(std::string(1001, 'x'));
    EXPECT_EQ(call(&node::describe_workflow_execution, request).code(), status_code::invalid_argument);

    pb::service::RespondActivityTaskCompletedByIdRequest answer;
    answer.set_namespace_("default");
    answer.set_workflow_id("w");
    EXPECT_EQ(call(&node::respond_activity_task_completed_by_id, answer).code(), status_code::invalid_argument);
    answer.set_activity_id("a");
    EXPECT_EQ(call(&node::respond_activity_task_completed_by_id, answer).code(), status_code::not_found);
}

TEST_F(requests, a_token_must_be_one) {
    EXPECT_EQ(complete("").code(), status_code::invalid_argument);
    EXPECT_EQ(complete(std::string(3, '\0')).code(), status_code::invalid_argument);
    pb::service::RecordActivityTaskHeartbeatRequest beat;
    beat.set_namespace_("default");
    beat.set_task_token("garbage");
    EXPECT_EQ(call(&node::record_activity_task_heartbeat, beat).code(), status_code::invalid_argument);
}

TEST_F(requests, a_page_size_is_not_negative) {
    pb::service::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    request.set_maximum_page_size(-1);
    EXPECT_EQ(call(&node::get_workflow_execution_history, request).code(), status_code::invalid_argument);
}

TEST_F(requests, polls_are_bounded) {
    node_options two;
    two.max_polls = 2;
    restart(two);
    const auto first = poll();
    const auto second = poll_activity();
    const auto third = poll();
    EXPECT_TRUE(first->empty() && second->empty());
    EXPECT_EQ(third->code(), status_code::resource_exhausted);
    pass(61s);
    EXPECT_TRUE(poll()->empty()) << "there is room again";
}

TEST_F(requests, queries_and_waits_for_new_events_are_bounded) {
    node_options one;
    one.max_queries = 1;
    one.max_history_waits = 1;
    restart(one);
    ASSERT_TRUE(start("w").ok());
    ASSERT_TRUE(complete((*poll())->task_token()).ok());
    pb::service::QueryWorkflowRequest query;
    query.set_namespace_("default");
    query.mutable_execution()->set_workflow_id("w");
    query.mutable_query()->set_query_type("state");
    const auto asked = ask(&node::query_workflow, query);
    EXPECT_TRUE(asked->empty());
    EXPECT_EQ(call(&node::query_workflow, query).code(), status_code::resource_exhausted);

    pb::service::GetWorkflowExecutionHistoryRequest wait;
    wait.set_namespace_("default");
    wait.mutable_execution()->set_workflow_id("w");
    wait.set_wait_new_event(true);
    wait.set_history_event_filter_type(pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    const auto waiting = ask(&node::get_workflow_execution_history, wait);
    EXPECT_TRUE(waiting->empty());
    EXPECT_EQ(call(&node::get_workflow_execution_history, wait).code(), status_code::resource_exhausted);
    EXPECT_FALSE(history("w").empty()) << "a history that does not wait is given";

    pass(30s);
    EXPECT_FALSE(asked->empty());
    EXPECT_FALSE(waiting->empty());
    EXPECT_TRUE(call(&node::query_workflow, query).empty()) << "there is room again";
}

TEST_F(requests, a_poll_names_its_queue) { EXPECT_EQ(poll("")->code(), status_code::invalid_argument); }

TEST_F(requests, a_task_queue_shows_its_pollers_and_its_backlog) {
    for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(start(id).ok());
    pass(7s);
    const auto task = poll();
    ASSERT_TRUE(task->ok());
    pb::service::DescribeTaskQueueRequest request;
    request.set_namespace_("default");
    request.mutable_task_queue()->set_name("q");
    request.set_task_queue_type(pb::enums::TASK_QUEUE_TYPE_WORKFLOW);
    request.set_report_stats(true);
    request.set_include_task_queue_status(true);
    const auto described = call(&node::describe_task_queue, request);
    ASSERT_TRUE(described.ok());
    ASSERT_EQ(described->pollers_size(), 1);
    EXPECT_EQ(described->pollers(0).identity(), "poller");
    EXPECT_EQ(described->pollers(0).last_access_time().seconds(),
              std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch()).count());
    EXPECT_EQ(described->stats().approximate_backlog_count(), 2);
    EXPECT_EQ(described->stats().approximate_backlog_age().seconds(), 7);
    EXPECT_EQ(described->task_queue_status().backlog_count_hint(), 2);

    request.set_task_queue_type(pb::enums::TASK_QUEUE_TYPE_ACTIVITY);
    const auto other = call(&node::describe_task_queue, request);
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(other->pollers_size(), 0);
    EXPECT_EQ(other->stats().approximate_backlog_count(), 0);
    request.set_task_queue_type(pb::enums::TASK_QUEUE_TYPE_NEXUS);
    EXPECT_EQ(call(&node::describe_task_queue, request).code(), status_code::invalid_argument);
}

TEST_F(requests, a_backlog_is_known_after_a_restart) {
    ASSERT_TRUE(start("a").ok());
    restart();
    pb::service::DescribeTaskQueueRequest request;
    request.set_namespace_("default");
    request.mutable_task_queue()->set_name("q");
    request.set_report_stats(true);
    const auto described = call(&node::describe_task_queue, request);
    ASSERT_TRUE(described.ok());
    EXPECT_EQ(described->stats().approximate_backlog_count(), 1);
}

TEST_F(requests, the_system_says_what_it_is) {
    const auto info = call(&node::get_system_info, pb::service::GetSystemInfoRequest());
    ASSERT_TRUE(info.ok());
    EXPECT_NE(info->server_version(), "");
    EXPECT_FALSE(info->capabilities().nexus());
}

}  // namespace
}  // namespace perdure::server::test
