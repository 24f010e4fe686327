#include "history_service/engine/retry_policy.hpp"
#include "history_service/engine/start.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {
namespace {

using start_request = pb::service::StartWorkflowExecutionRequest;

result<done> check_length(std::string_view what, google::protobuf::Duration length) {
    if (auto checked = check_and_cap(what, length); !checked) {
        return invalid("An invalid " + std::string(what) + " is set on request: " + checked.error().message);
    }
    return done{};
}

result<done> check_policies(const start_request& request) {
    if (!pb::enums::WorkflowIdReusePolicy_IsValid(request.workflow_id_reuse_policy()) ||
        !pb::enums::WorkflowIdConflictPolicy_IsValid(request.workflow_id_conflict_policy())) {
        return invalid("WorkflowIdReusePolicy or WorkflowIdConflictPolicy has an unknown value; use one of the documented ones.");
    }
    const auto reuse = request.workflow_id_reuse_policy();
    const auto conflict = request.workflow_id_conflict_policy();
    if (reuse == pb::enums::WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING &&
        conflict != pb::enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED) {
        return invalid(
            "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a "
            "WorkflowIDConflictPolicy; use the conflict policy TERMINATE_EXISTING alone.");
    }
    if (reuse == pb::enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE &&
        conflict == pb::enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING) {
        return invalid(
            "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with "
            "WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING; one forbids the run that the other asks for.");
    }
    return done{};
}

result<done> check_lengths(const start_request& request) {
    struct field {
        std::string_view name;
        const google::protobuf::Duration& length;
    };
    for (const auto& [name, length] : {field{"WorkflowExecutionTimeout", request.workflow_execution_timeout()},
                                       field{"WorkflowRunTimeout", request.workflow_run_timeout()},
                                       field{"WorkflowTaskTimeout", request.workflow_task_timeout()}}) {
        if (auto checked = check_length(name, length); !checked) return checked;
    }
    return done{};
}

result<done> check_sizes(const environment& env, const start_request& request) {
    if (auto checked = check_payload(env, "Input", request.input()); !checked) return checked;
    if (auto checked = check_payload(env, "Header", request.header()); !checked) return checked;
    if (auto checked = check_payload(env, "LastCompletionResult", request.last_completion_result()); !checked) return checked;
    if (auto checked = check_memo(env, request.memo()); !checked) return checked;
    if (auto checked = check_search_attributes(env, request.search_attributes()); !checked) return checked;
    return check_user_metadata(env, request.user_metadata());
}

}  // namespace

result<done> validate_start(const environment& env, const start_request& request) {
    if (auto checked = check_name(env, "WorkflowId", request.workflow_id()); !checked) return checked;
    if (request.has_retry_policy()) {
        auto policy = request.retry_policy();
        fill_defaults(policy);
        if (auto checked = check_retry_policy(policy); !checked) return checked;
    }
    if (auto checked = check_length("WorkflowStartDelay", request.workflow_start_delay()); !checked) return checked;
    if (!request.cron_schedule().empty()) {
        return invalid(
            "invalid CronSchedule: cron schedules are not supported; leave it empty and start the workflow from a "
            "timer of your own.");
    }
    if (request.workflow_type().name().empty()) {
        return invalid("WorkflowType is not set on request; name the workflow type to run.");
    }
    if (auto checked = check_name(env, "WorkflowType", request.workflow_type().name()); !checked) return checked;
    auto queue = request.task_queue();
    if (auto checked = check_task_queue(env, queue); !checked) return checked;
    if (auto checked = check_lengths(request); !checked) return checked;
    if (auto checked = check_optional_name(env, "RequestId", request.request_id()); !checked) return checked;
    if (auto checked = check_optional_name(env, "Identity", request.identity()); !checked) return checked;
    if (auto checked = check_policies(request); !checked) return checked;
    return check_sizes(env, request);
}

result<done> validate_signal_with_start(const environment& env,
                                        const pb::service::SignalWithStartWorkflowExecutionRequest& request) {
    if (request.signal_name().empty()) return invalid("SignalName is not set on request; name the signal to send.");
    if (auto checked = check_name(env, "SignalName", request.signal_name()); !checked) return checked;
    if (auto checked = check_payload(env, "SignalInput", request.signal_input()); !checked) return checked;
    if (request.workflow_id_conflict_policy() == pb::enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL) {
        return invalid(
            "Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation; "
            "use a plain start.");
    }
    return validate_start(env, start_of(request));
}

start_request normalised(const start_request& request) {
    auto settled = request;
    settled.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_NORMAL);
    settled.mutable_task_queue()->clear_normal_name();
    if (settled.has_retry_policy()) {
        fill_defaults(*settled.mutable_retry_policy());
        // Validation has passed: what remains is the cutting of overlong intervals.
        (void)check_retry_policy(*settled.mutable_retry_policy());
    }
    for (auto* length : {settled.has_workflow_execution_timeout() ? settled.mutable_workflow_execution_timeout() : nullptr,
                         settled.has_workflow_run_timeout() ? settled.mutable_workflow_run_timeout() : nullptr,
                         settled.has_workflow_task_timeout() ? settled.mutable_workflow_task_timeout() : nullptr,
                         settled.has_workflow_start_delay() ? settled.mutable_workflow_start_delay() : nullptr}) {
        if (length != nullptr) (void)check_and_cap("duration", *length);
    }
    return settled;
}

}  // namespace perdure::history
