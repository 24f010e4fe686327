#include "history_service/engine/engine.hpp"
#include "history_service/engine/mutation.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/wakeups.hpp"

namespace perdure::history {
namespace {

void describe_activity(const activity_state& activity, pb::workflow::PendingActivityInfo& info) {
    const auto& scheduled = activity.scheduled;
    info.set_activity_id(scheduled.activity_id());
    *info.mutable_activity_type() = scheduled.activity_type();
    info.set_state(activity.cancel_requested() ? pb::enums::PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
                   : activity.started          ? pb::enums::PENDING_ACTIVITY_STATE_STARTED
                                               : pb::enums::PENDING_ACTIVITY_STATE_SCHEDULED);
    if (activity.last_heartbeat_time) {
        *info.mutable_last_heartbeat_time() = to_timestamp(*activity.last_heartbeat_time);
        if (activity.heartbeat_details) *info.mutable_heartbeat_details() = *activity.heartbeat_details;
    }
    if (activity.started) *info.mutable_last_started_time() = to_timestamp(activity.started_time);
    info.set_attempt(activity.attempt);
    info.set_maximum_attempts(scheduled.retry_policy().maximum_attempts());
    *info.mutable_scheduled_time() = to_timestamp(activity.attempt_scheduled_time);
    if (const auto expiration = retry_expiration(activity)) *info.mutable_expiration_time() = to_timestamp(*expiration);
    if (activity.last_failure) *info.mutable_last_failure() = *activity.last_failure;
    info.set_last_worker_identity(activity.identity);
    if (activity.last_attempt_complete_time) {
        *info.mutable_last_attempt_complete_time() = to_timestamp(*activity.last_attempt_complete_time);
    }
    if (activity.in_backoff) {
        *info.mutable_next_attempt_schedule_time() = to_timestamp(activity.attempt_scheduled_time);
        if (activity.retry_interval) *info.mutable_current_retry_interval() = to_duration(*activity.retry_interval);
    }
    auto& options = *info.mutable_activity_options();
    options.mutable_task_queue()->set_name(scheduled.task_queue().name());
    options.mutable_task_queue()->set_normal_name(scheduled.task_queue().name());
    *options.mutable_schedule_to_close_timeout() = scheduled.schedule_to_close_timeout();
    *options.mutable_schedule_to_start_timeout() = scheduled.schedule_to_start_timeout();
    *options.mutable_start_to_close_timeout() = scheduled.start_to_close_timeout();
    *options.mutable_heartbeat_timeout() = scheduled.heartbeat_timeout();
    *options.mutable_retry_policy() = scheduled.retry_policy();
    options.mutable_retry_policy()->clear_non_retryable_error_types();
    if (scheduled.has_priority()) *options.mutable_priority() = scheduled.priority();
}

void describe_task(const workflow_task_part& task, pb::workflow::PendingWorkflowTaskInfo& info) {
    info.set_state(task.is_started() ? pb::enums::PENDING_WORKFLOW_TASK_STATE_STARTED
                                     : pb::enums::PENDING_WORKFLOW_TASK_STATE_SCHEDULED);
    *info.mutable_scheduled_time() = to_timestamp(task.scheduled_time);
    *info.mutable_original_scheduled_time() = to_timestamp(task.original_scheduled_time);
    if (task.is_started()) *info.mutable_started_time() = to_timestamp(task.started_time);
    info.set_attempt(task.attempt);
}

void describe_config(const execution_part& run, pb::workflow::WorkflowExecutionConfig& config) {
    const auto& started = run.started;
    *config.mutable_task_queue() = started.task_queue();
    if (started.has_workflow_execution_timeout()) {
        *config.mutable_workflow_execution_timeout() = started.workflow_execution_timeout();
    }
    if (started.has_workflow_run_timeout()) *config.mutable_workflow_run_timeout() = started.workflow_run_timeout();
    *config.mutable_default_workflow_task_timeout() = started.workflow_task_timeout();
    if (run.user_metadata.has_summary() || run.user_metadata.has_details()) {
        *config.mutable_user_metadata() = run.user_metadata;
    }
}

}  // namespace

pb::workflow::WorkflowExecutionInfo visibility_of(const run_state& state) {
    const auto& run = state.execution;
    pb::workflow::WorkflowExecutionInfo info;
    info.mutable_execution()->set_workflow_id(run.key.workflow_id);
    info.mutable_execution()->set_run_id(run.key.run_id);
    *info.mutable_type() = run.started.workflow_type();
    *info.mutable_start_time() = to_timestamp(run.start_time);
    const auto execution_time = after(run.start_time, from_duration(run.started.first_workflow_task_backoff()));
    *info.mutable_execution_time() = to_timestamp(execution_time);
    if (run.close_time) {
        *info.mutable_close_time() = to_timestamp(*run.close_time);
        *info.mutable_execution_duration() =
            to_duration(std::chrono::duration_cast<milliseconds>(*run.close_time - execution_time));
    }
    info.set_status(run.status);
    info.set_history_length(state.last_event_id());
    info.set_history_size_bytes(run.history_bytes);
    info.set_state_transition_count(run.sequence);
    *info.mutable_memo() = run.memo;
    *info.mutable_search_attributes() = run.search_attributes;
    *info.mutable_auto_reset_points() = run.reset_points;
    info.set_task_queue(run.started.task_queue().name());
    info.set_first_run_id(run.started.first_execution_run_id());
    if (run.started.has_priority()) *info.mutable_priority() = run.started.priority();
    return info;
}

pb::service::DescribeWorkflowExecutionResponse describe(const run_state& state) {
    const auto& run = state.execution;
    pb::service::DescribeWorkflowExecutionResponse response;
    describe_config(run, *response.mutable_execution_config());
    *response.mutable_workflow_execution_info() = visibility_of(state);
    for (const auto& [id, activity] : state.activities) describe_activity(activity, *response.add_pending_activities());
    if (state.workflow_task.pending()) describe_task(state.workflow_task, *response.mutable_pending_workflow_task());

    auto& extended = *response.mutable_workflow_extended_info();
    if (run.execution_deadline) *extended.mutable_execution_expiration_time() = to_timestamp(*run.execution_deadline);
    if (const auto deadline = run_deadline(run)) *extended.mutable_run_expiration_time() = to_timestamp(*deadline);
    extended.set_cancel_requested(run.cancel_requested);
    *extended.mutable_original_start_time() = to_timestamp(run.start_time);
    return response;
}

std::vector<outstanding_task> outstanding_tasks(const run_state& state) {
    std::vector<outstanding_task> tasks;
    if (auto task = waiting_workflow_task(state)) tasks.push_back(std::move(*task));
    for (const auto& [id, activity] : state.activities) {
        if (auto task = waiting_activity(state, activity)) tasks.push_back(std::move(*task));
    }
    return tasks;
}

}  // namespace perdure::history
