#include "history_service/engine/terminate.hpp"

#include "history_service/engine/engine.hpp"
#include "history_service/engine/validate.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {

void terminate_run(mutation& change, const std::string& reason, const pb::common::Payloads* details,
                   const std::string& identity) {
    give_up_started_task(change);
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED);
    auto& terminated = *event.mutable_workflow_execution_terminated_event_attributes();
    terminated.set_reason(reason);
    if (details != nullptr) *terminated.mutable_details() = *details;
    terminated.set_identity(identity);
    change.add(event);
}

transition terminate_from_within(run_state& state, const environment& env, const std::string& reason,
                                 const pb::common::Payloads& details) {
    mutation change(state, env);
    if (state.running()) terminate_run(change, reason, details.payloads().empty() ? nullptr : &details, engine_identity);
    return change.finish();
}

void enforce_history_bounds(mutation& change) {
    const auto& run = change.state().execution;
    const auto& bounds = change.env().bounds;
    if (!run.running()) return;
    if (run.next_event_id - 1 > bounds.history_events) {
        terminate_run(change, "Workflow history count exceeds limit.", nullptr, engine_identity);
    } else if (run.history_bytes > bounds.history_bytes) {
        terminate_run(change, "Workflow history size exceeds limit.", nullptr, engine_identity);
    }
}

result<transition> terminate(run_state& state, const environment& env,
                             const pb::service::TerminateWorkflowExecutionRequest& request) {
    if (!state.running()) return already_completed(state);
    if (!request.first_execution_run_id().empty() &&
        request.first_execution_run_id() != state.execution.started.first_execution_run_id()) {
        return service_failure{status_code::not_found, "workflow not found: " + name_of(state.key()) +
                                                           " belongs to another chain than first_execution_run_id " +
                                                           request.first_execution_run_id() + "; look the current one up."};
    }
    if (auto checked = check_payload(env, "Details", request.details()); !checked) return checked.error();
    mutation change(state, env);
    terminate_run(change, request.reason(), request.has_details() ? &request.details() : nullptr, request.identity());
    return change.finish();
}

transition terminate_for_delete(run_state& state, const environment& env) {
    return terminate_from_within(state, env, "Delete workflow execution", {});
}

}  // namespace perdure::history
