#pragma once

#include "api/proto.hpp"
#include "api/result.hpp"

#include <functional>

namespace perdure {

/// Where the answer to a request goes. Called exactly once, on the thread that drives the frontend, also when the
/// frontend is destroyed first (then with `unavailable`). The answer may be moved from where it lies: on its way out it passes
/// many hands, and a large message is not cheap to move.
template <class Response>
using reply = std::function<void(result<Response>&&)>;

/// What a client can ask of the system, one function an operation of Temporal's WorkflowService.
///
/// The server implements it over its services, the SDK over HTTP, so that a client is the same in every mode. A function
/// returns at once; its reply may be called before it returns or later. Long polls (`wait_new_event`, `perdure_wait_for_close`,
/// queries) end at their own deadline.
class frontend {
  public:
    frontend() = default;
    frontend(const frontend&) = delete;
    frontend& operator=(const frontend&) = delete;
    virtual ~frontend() = default;

#define PERDURE_FRONTEND_OPERATION(function, Name) \
    virtual void function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) = 0;
#define PERDURE_FRONTEND_OPERATIONS(X)                                            \
    X(start_workflow_execution, StartWorkflowExecution)                           \
    X(signal_workflow_execution, SignalWorkflowExecution)                         \
    X(signal_with_start_workflow_execution, SignalWithStartWorkflowExecution)     \
    X(query_workflow, QueryWorkflow)                                              \
    X(request_cancel_workflow_execution, RequestCancelWorkflowExecution)          \
    X(terminate_workflow_execution, TerminateWorkflowExecution)                   \
    X(delete_workflow_execution, DeleteWorkflowExecution)                         \
    X(describe_workflow_execution, DescribeWorkflowExecution)                     \
    X(get_workflow_execution_history, GetWorkflowExecutionHistory)                \
    X(get_workflow_execution_history_reverse, GetWorkflowExecutionHistoryReverse) \
    X(list_workflow_executions, ListWorkflowExecutions)                           \
    X(count_workflow_executions, CountWorkflowExecutions)                         \
    X(record_activity_task_heartbeat_by_id, RecordActivityTaskHeartbeatById)      \
    X(respond_activity_task_completed_by_id, RespondActivityTaskCompletedById)    \
    X(respond_activity_task_failed_by_id, RespondActivityTaskFailedById)          \
    X(respond_activity_task_canceled_by_id, RespondActivityTaskCanceledById)      \
    X(respond_activity_task_completed, RespondActivityTaskCompleted)              \
    X(respond_activity_task_failed, RespondActivityTaskFailed)                    \
    X(respond_activity_task_canceled, RespondActivityTaskCanceled)                \
    X(record_activity_task_heartbeat, RecordActivityTaskHeartbeat)                \
    X(describe_task_queue, DescribeTaskQueue)                                     \
    X(get_system_info, GetSystemInfo)
    PERDURE_FRONTEND_OPERATIONS(PERDURE_FRONTEND_OPERATION)
#undef PERDURE_FRONTEND_OPERATION
};

}  // namespace perdure
