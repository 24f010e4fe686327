#include "history_service/engine/engine.hpp"
#include "history_service/engine/mutation.hpp"
#include "history_service/engine/terminate.hpp"
#include "history_service/engine/validate.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

using signal_request = pb::service::SignalWorkflowExecutionRequest;

result<done> judge(const run_state& state, const environment& env, const signal_request& request) {
    if (request.signal_name().empty()) {
        return service_failure{status_code::invalid_argument, "SignalName is not set on request; name the signal to send."};
    }
    if (auto checked = check_name(env, "SignalName", request.signal_name()); !checked) return checked;
    if (auto checked = check_optional_name(env, "RequestId", request.request_id()); !checked) return checked;
    if (auto checked = check_optional_name(env, "Identity", request.identity()); !checked) return checked;
    if (auto checked = check_payload(env, "Input", request.input()); !checked) return checked;
    if (auto checked = check_payload(env, "Header", request.header()); !checked) return checked;
    if (!state.running()) return already_completed(state);
    if (state.execution.signal_count >= env.bounds.signals) {
        return service_failure{status_code::invalid_argument,
                               "exceeded workflow execution limit for signal events: " + name_of(state.key()) + " has " +
                                   std::to_string(state.execution.signal_count) +
                                   "; let the workflow continue as new before it comes to that."};
    }
    if (state.workflow_task.close_attempted && state.workflow_task.is_started()) {
        return service_failure{status_code::resource_exhausted,
                               "workflow operation can not be applied because workflow is closing: " + name_of(state.key()) +
                                   " could not close for the events that kept coming; try again in a moment."};
    }
    return done{};
}

}  // namespace

result<transition> signal(run_state& state, const environment& env, const signal_request& request) {
    if (!request.request_id().empty() && state.seen_requests.contains(request.request_id())) return transition{};
    if (auto judged = judge(state, env, request); !judged) return judged.error();

    mutation change(state, env);
    if (!request.request_id().empty()) {
        auto& seen = change.change();
        seen.mutable_request_seen()->set_request_id(request.request_id());
        change.put(seen);
    }
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    auto& signaled = *event.mutable_workflow_execution_signaled_event_attributes();
    signaled.set_signal_name(request.signal_name());
    if (request.has_input()) *signaled.mutable_input() = request.input();
    signaled.set_identity(request.identity());
    if (request.has_header()) *signaled.mutable_header() = request.header();
    // Only the buffer keeps it, for the case that the signal moves to another run.
    if (state.workflow_task.is_started()) signaled.set_request_id(request.request_id());
    change.add(event);
    wake_workflow(change);
    enforce_history_bounds(change);
    return change.finish();
}

result<transition> request_cancel(run_state& state, const environment& env,
                                  const pb::service::RequestCancelWorkflowExecutionRequest& request) {
    if (auto checked = check_optional_name(env, "RequestId", request.request_id()); !checked) return checked.error();
    if (auto checked = check_optional_name(env, "Identity", request.identity()); !checked) return checked.error();
    if (auto checked = check_payload(env, "Reason", request); !checked) return checked.error();
    // What is asked for is true already.
    if (!state.running()) return transition{};
    const auto& first = state.execution.started.first_execution_run_id();
    if (!request.first_execution_run_id().empty() && request.first_execution_run_id() != first) {
        return service_failure{status_code::not_found, "workflow not found: " + name_of(state.key()) +
                                                           " belongs to another chain than first_execution_run_id " +
                                                           request.first_execution_run_id() + "; look the current one up."};
    }
    if (state.execution.cancel_requested) return transition{};

    mutation change(state, env);
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED);
    auto& requested = *event.mutable_workflow_execution_cancel_requested_event_attributes();
    requested.set_cause(request.reason());
    requested.set_identity(request.identity());
    change.add(event);
    wake_workflow_at_once(change);
    return change.finish();
}

result<transition> reset_sticky(run_state& state, const environment& env) {
    if (!state.running()) return already_completed(state);
    if (!state.workflow_task.sticky()) return transition{};
    mutation change(state, env);
    auto& cleared = change.change();
    cleared.mutable_sticky_cleared();
    change.put(cleared);
    return change.finish();
}

}  // namespace perdure::history
