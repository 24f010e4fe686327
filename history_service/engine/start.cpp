#include "history_service/engine/start.hpp"

#include "history_service/engine/properties.hpp"
#include "history_service/engine/run_creation.hpp"
#include "history_service/engine/terminate.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {
namespace {

run_plan plan_of(const environment& env, const pb::service::StartWorkflowExecutionRequest& asked) {
    const auto request = normalised(asked);
    run_plan plan;
    plan.key = {request.namespace_(), request.workflow_id(), env.ids.next()};
    plan.request_id = request.request_id();
    plan.user_metadata = request.user_metadata();
    const auto timeouts =
        settle_timeouts(env, from_duration(request.workflow_execution_timeout()), from_duration(request.workflow_run_timeout()),
                        from_duration(request.workflow_task_timeout()));
    auto& started = plan.started;
    *started.mutable_workflow_type() = request.workflow_type();
    *started.mutable_task_queue() = request.task_queue();
    if (request.has_input()) *started.mutable_input() = request.input();
    if (timeouts.execution > milliseconds::zero()) {
        *started.mutable_workflow_execution_timeout() = to_duration(timeouts.execution);
        plan.execution_deadline = after(env.now, timeouts.execution);
        *started.mutable_workflow_execution_expiration_time() = to_timestamp(*plan.execution_deadline);
    }
    if (timeouts.run > milliseconds::zero()) *started.mutable_workflow_run_timeout() = to_duration(timeouts.run);
    *started.mutable_workflow_task_timeout() = to_duration(timeouts.task);
    started.set_identity(request.identity());
    started.set_workflow_id(request.workflow_id());
    started.set_original_execution_run_id(plan.key.run_id);
    started.set_first_execution_run_id(plan.key.run_id);
    if (request.has_retry_policy()) *started.mutable_retry_policy() = request.retry_policy();
    started.set_attempt(1);
    *started.mutable_first_workflow_task_backoff() = request.workflow_start_delay();
    if (request.has_memo()) *started.mutable_memo() = request.memo();
    if (request.has_search_attributes()) {
        *started.mutable_search_attributes() = request.search_attributes();
        name_types(*started.mutable_search_attributes());
    }
    if (request.has_header()) *started.mutable_header() = request.header();
    if (request.has_continued_failure()) *started.mutable_continued_failure() = request.continued_failure();
    if (request.has_last_completion_result()) *started.mutable_last_completion_result() = request.last_completion_result();
    if (request.has_priority()) *started.mutable_priority() = request.priority();
    return plan;
}

}  // namespace

created_run create_run(const environment& env, const pb::service::StartWorkflowExecutionRequest& request) {
    return begin_run(env, plan_of(env, request));
}

created_run create_signaled_run(const environment& env, const pb::service::SignalWithStartWorkflowExecutionRequest& request) {
    auto plan = plan_of(env, start_of(request));
    auto& event = plan.received.emplace_back();
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    auto& signaled = *event.mutable_workflow_execution_signaled_event_attributes();
    signaled.set_signal_name(request.signal_name());
    if (request.has_signal_input()) *signaled.mutable_input() = request.signal_input();
    if (request.has_header()) *signaled.mutable_header() = request.header();
    signaled.set_identity(request.identity());
    signaled.set_request_id(request.request_id());
    return begin_run(env, std::move(plan));
}

transition terminate_for_start(run_state& existing, const environment& env, const std::string& new_run_id) {
    pb::common::Payloads details;
    auto& detail = *details.add_payloads();
    (*detail.mutable_metadata())["encoding"] = "json/plain";
    detail.set_data("\"terminated by new runID: " + new_run_id + '"');
    return terminate_from_within(existing, env, "TerminateIfRunning WorkflowIdReusePolicy", details);
}

}  // namespace perdure::history
