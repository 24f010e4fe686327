#include "history_service/engine/start.hpp"

namespace perdure::history {
namespace {

using pb::enums::WorkflowIdConflictPolicy;
using pb::enums::WorkflowIdReusePolicy;

struct policies {
    WorkflowIdReusePolicy reuse{};
    WorkflowIdConflictPolicy conflict{};
};

/// The older "terminate if running" is a conflict policy in disguise.
policies settle(WorkflowIdReusePolicy reuse, WorkflowIdConflictPolicy conflict, WorkflowIdConflictPolicy usual) {
    if (conflict == pb::enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED) {
        if (reuse == pb::enums::WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING) {
            return {pb::enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
                    pb::enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING};
        }
        conflict = usual;
    }
    if (reuse == pb::enums::WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED) reuse = pb::enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE;
    return {reuse, conflict};
}

service_failure already_exists(const std::string& workflow_id, const current_run& current, const std::string& state,
                               const std::string& remedy) {
    return {
        status_code::already_exists,
        "Workflow execution is already " + state + ". WorkflowId: " + workflow_id + ", RunId: " + current.run_id + ". " + remedy,
        current.run_id};
}

bool failed(pb::enums::WorkflowExecutionStatus status) {
    switch (status) {
        case pb::enums::WORKFLOW_EXECUTION_STATUS_FAILED:
        case pb::enums::WORKFLOW_EXECUTION_STATUS_CANCELED:
        case pb::enums::WORKFLOW_EXECUTION_STATUS_TERMINATED:
        case pb::enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
            return true;
        default:
            return false;
    }
}

result<start_decision> decide(const std::optional<current_run>& current, const std::string& workflow_id,
                              const std::string& request_id, policies policy) {
    if (!current) return start_decision{start_action::create, ""};
    if (!request_id.empty() && request_id == current->request_id) {
        return start_decision{start_action::same_request, current->run_id};
    }
    if (current->running()) {
        switch (policy.conflict) {
            case pb::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING:
                return start_decision{start_action::use_existing, current->run_id};
            case pb::enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING:
                return start_decision{start_action::terminate_and_create, current->run_id};
            default:
                return already_exists(workflow_id, *current, "running",
                                      "Use its result, another workflow id, or a conflict policy that says what to do with it.");
        }
    }
    switch (policy.reuse) {
        case pb::enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE:
            return already_exists(workflow_id, *current, "finished",
                                  "Workflow Id reuse policy: reject duplicate workflow Id; use another one.");
        case pb::enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY:
            if (!failed(current->status)) {
                return already_exists(
                    workflow_id, *current, "finished successfully",
                    "Workflow Id reuse policy: allow duplicate workflow Id if last run failed; use another one.");
            }
            break;
        default:
            break;
    }
    return start_decision{start_action::create, current->run_id};
}

}  // namespace

current_run current_run_of(const run_state& state) {
    const auto& run = state.execution;
    return {run.key.run_id, run.started.first_execution_run_id(), run.request_id, run.status};
}

result<start_decision> decide_start(const std::optional<current_run>& current,
                                    const pb::service::StartWorkflowExecutionRequest& request) {
    return decide(current, request.workflow_id(), request.request_id(),
                  settle(request.workflow_id_reuse_policy(), request.workflow_id_conflict_policy(),
                         pb::enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL));
}

result<signal_with_start_decision> decide_signal_with_start(const std::optional<current_run>& current,
                                                            const pb::service::SignalWithStartWorkflowExecutionRequest& request) {
    const auto policy = settle(request.workflow_id_reuse_policy(), request.workflow_id_conflict_policy(),
                               pb::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    if (current && current->running() && policy.conflict == pb::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING) {
        return signal_with_start_decision{true, {start_action::use_existing, current->run_id}};
    }
    auto start = decide(current, request.workflow_id(), request.request_id(), policy);
    if (!start) return start.error();
    return signal_with_start_decision{false, *start};
}

pb::service::StartWorkflowExecutionRequest start_of(const pb::service::SignalWithStartWorkflowExecutionRequest& request) {
    pb::service::StartWorkflowExecutionRequest start;
    start.set_namespace_(request.namespace_());
    start.set_workflow_id(request.workflow_id());
    *start.mutable_workflow_type() = request.workflow_type();
    *start.mutable_task_queue() = request.task_queue();
    if (request.has_input()) *start.mutable_input() = request.input();
    if (request.has_workflow_execution_timeout()) {
        *start.mutable_workflow_execution_timeout() = request.workflow_execution_timeout();
    }
    if (request.has_workflow_run_timeout()) *start.mutable_workflow_run_timeout() = request.workflow_run_timeout();
    if (request.has_workflow_task_timeout()) *start.mutable_workflow_task_timeout() = request.workflow_task_timeout();
    start.set_identity(request.identity());
    start.set_request_id(request.request_id());
    start.set_workflow_id_reuse_policy(request.workflow_id_reuse_policy());
    start.set_workflow_id_conflict_policy(request.workflow_id_conflict_policy());
    if (request.has_retry_policy()) *start.mutable_retry_policy() = request.retry_policy();
    start.set_cron_schedule(request.cron_schedule());
    if (request.has_memo()) *start.mutable_memo() = request.memo();
    if (request.has_search_attributes()) *start.mutable_search_attributes() = request.search_attributes();
    if (request.has_header()) *start.mutable_header() = request.header();
    if (request.has_workflow_start_delay()) *start.mutable_workflow_start_delay() = request.workflow_start_delay();
    if (request.has_user_metadata()) *start.mutable_user_metadata() = request.user_metadata();
    if (request.has_priority()) *start.mutable_priority() = request.priority();
    return start;
}

pb::service::SignalWorkflowExecutionRequest signal_of(const pb::service::SignalWithStartWorkflowExecutionRequest& request,
                                                      const std::string& run_id) {
    pb::service::SignalWorkflowExecutionRequest signal;
    signal.set_namespace_(request.namespace_());
    signal.mutable_workflow_execution()->set_workflow_id(request.workflow_id());
    signal.mutable_workflow_execution()->set_run_id(run_id);
    signal.set_signal_name(request.signal_name());
    if (request.has_signal_input()) *signal.mutable_input() = request.signal_input();
    signal.set_identity(request.identity());
    signal.set_request_id(request.request_id());
    if (request.has_header()) *signal.mutable_header() = request.header();
    return signal;
}

}  // namespace perdure::history
