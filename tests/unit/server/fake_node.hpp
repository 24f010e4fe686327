#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/node/node.hpp"

namespace perdure::server {

/// A node without rules: it remembers what it was asked and answers by the workflow's id. "missing" is not found, "running"
/// is already there, "later" waits until `answer_later`. Its sessions echo a Pong for a Ping, `flood` answers without end.
class fake_node final : public node {
  public:
    std::vector<wall_time> advanced;
    std::optional<wall_time> due;
    std::vector<wall_time> fired;
    std::vector<std::string> asked;
    std::vector<reply<pb::service::GetWorkflowExecutionHistoryResponse>> later;
    pb::service::StartWorkflowExecutionRequest started;
    std::size_t sessions = 0;
    std::size_t sessions_ever = 0;
    std::size_t most_unsent = 0;
    std::vector<std::string> dropped;
    std::optional<service_failure> lost;

    ~fake_node() override {
        for (auto& one : later) one(service_failure{status_code::unavailable, "gone"});
    }

    void advance(wall_time now) override {
        advanced.push_back(now);
        if (due && *due <= now) {
            fired.push_back(now);
            due.reset();
            for (auto& one : std::exchange(later, {})) one(pb::service::GetWorkflowExecutionHistoryResponse{});
        }
    }
    [[nodiscard]] std::optional<wall_time> next_due() const override { return due; }
    [[nodiscard]] bool idle() const override { return true; }
    [[nodiscard]] std::optional<service_failure> lost_lease() const override { return lost; }
    [[nodiscard]] node_figures figures() const override { return {.sessions = sessions, .cached_runs = 3}; }
    [[nodiscard]] std::unique_ptr<worker_session> open_session(session_sink sink) override;

#define PERDURE_FAKE(function, Name)                                                              \
    void function(pb::service::Name##Request, reply<pb::service::Name##Response> done) override { \
        asked.emplace_back(#Name);                                                                \
        done(pb::service::Name##Response{});                                                      \
    }
    PERDURE_FAKE(signal_workflow_execution, SignalWorkflowExecution)
    PERDURE_FAKE(signal_with_start_workflow_execution, SignalWithStartWorkflowExecution)
    PERDURE_FAKE(query_workflow, QueryWorkflow)
    PERDURE_FAKE(request_cancel_workflow_execution, RequestCancelWorkflowExecution)
    PERDURE_FAKE(terminate_workflow_execution, TerminateWorkflowExecution)
    PERDURE_FAKE(delete_workflow_execution, DeleteWorkflowExecution)
    PERDURE_FAKE(get_workflow_execution_history_reverse, GetWorkflowExecutionHistoryReverse)
    PERDURE_FAKE(list_workflow_executions, ListWorkflowExecutions)
    PERDURE_FAKE(count_workflow_executions, CountWorkflowExecutions)
    PERDURE_FAKE(record_activity_task_heartbeat_by_id, RecordActivityTaskHeartbeatById)
    PERDURE_FAKE(respond_activity_task_completed_by_id, RespondActivityTaskCompletedById)
    PERDURE_FAKE(respond_activity_task_failed_by_id, RespondActivityTaskFailedById)
    PERDURE_FAKE(respond_activity_task_canceled_by_id, RespondActivityTaskCanceledById)
    PERDURE_FAKE(respond_activity_task_completed, RespondActivityTaskCompleted)
    PERDURE_FAKE(respond_activity_task_failed, RespondActivityTaskFailed)
    PERDURE_FAKE(respond_activity_task_canceled, RespondActivityTaskCanceled)
    PERDURE_FAKE(record_activity_task_heartbeat, RecordActivityTaskHeartbeat)
    PERDURE_FAKE(describe_task_queue, DescribeTaskQueue)
    PERDURE_FAKE(get_system_info, GetSystemInfo)
    PERDURE_FAKE(poll_workflow_task_queue, PollWorkflowTaskQueue)
    PERDURE_FAKE(poll_activity_task_queue, PollActivityTaskQueue)
    PERDURE_FAKE(respond_workflow_task_completed, RespondWorkflowTaskCompleted)
    PERDURE_FAKE(respond_workflow_task_failed, RespondWorkflowTaskFailed)
    PERDURE_FAKE(respond_query_task_completed, RespondQueryTaskCompleted)
    PERDURE_FAKE(reset_sticky_task_queue, ResetStickyTaskQueue)
#undef PERDURE_FAKE

    void start_workflow_execution(pb::service::StartWorkflowExecutionRequest request,
                                  reply<pb::service::StartWorkflowExecutionResponse> done) override;
    void describe_workflow_execution(pb::service::DescribeWorkflowExecutionRequest request,
                                     reply<pb::service::DescribeWorkflowExecutionResponse> done) override;
    void get_workflow_execution_history(pb::service::GetWorkflowExecutionHistoryRequest request,
                                        reply<pb::service::GetWorkflowExecutionHistoryResponse> done) override;
};

}  // namespace perdure::server
