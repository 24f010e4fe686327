#include "history_service/engine/checkpoint_parts.hpp"

#include "api/time_convert.hpp"

namespace perdure::history {

void save(const execution_part& part, journal::ExecutionPart& saved) {
    saved.set_namespace_(part.key.namespace_name);
    saved.set_workflow_id(part.key.workflow_id);
    saved.set_run_id(part.key.run_id);
    saved.set_request_id(part.request_id);
    *saved.mutable_started() = part.started;
    *saved.mutable_user_metadata() = part.user_metadata;
    saved.set_status(part.status);
    *saved.mutable_start_time() = to_timestamp(part.start_time);
    if (part.close_time) *saved.mutable_close_time() = to_timestamp(*part.close_time);
    if (part.execution_deadline) *saved.mutable_execution_deadline() = to_timestamp(*part.execution_deadline);
    if (part.first_task_time) *saved.mutable_first_task_time() = to_timestamp(*part.first_task_time);
    saved.set_next_event_id(part.next_event_id);
    saved.set_history_bytes(part.history_bytes);
    saved.set_signal_count(part.signal_count);
    saved.set_cancel_requested(part.cancel_requested);
    saved.set_successor_run_id(part.successor_run_id);
    *saved.mutable_memo() = part.memo;
    *saved.mutable_search_attributes() = part.search_attributes;
    *saved.mutable_reset_points() = part.reset_points;
    saved.set_last_completed_started_event_id(part.last_completed_started_event_id);
}

execution_part load(const journal::ExecutionPart& saved) {
    execution_part part;
    part.key = {saved.namespace_(), saved.workflow_id(), saved.run_id()};
    part.request_id = saved.request_id();
    part.started = saved.started();
    part.user_metadata = saved.user_metadata();
    part.status = saved.status();
    part.start_time = from_timestamp(saved.start_time());
    if (saved.has_close_time()) part.close_time = from_timestamp(saved.close_time());
    if (saved.has_execution_deadline()) part.execution_deadline = from_timestamp(saved.execution_deadline());
    if (saved.has_first_task_time()) part.first_task_time = from_timestamp(saved.first_task_time());
    part.next_event_id = saved.next_event_id();
    part.history_bytes = saved.history_bytes();
    part.signal_count = saved.signal_count();
    part.cancel_requested = saved.cancel_requested();
    part.successor_run_id = saved.successor_run_id();
    part.memo = saved.memo();
    part.search_attributes = saved.search_attributes();
    part.reset_points = saved.reset_points();
    part.last_completed_started_event_id = saved.last_completed_started_event_id();
    return part;
}

void save(const workflow_task_part& part, journal::WorkflowTaskPart& saved) {
    saved.set_scheduled_event_id(part.scheduled_event_id);
    saved.set_started_event_id(part.started_event_id);
    saved.set_attempt(part.attempt);
    *saved.mutable_task_queue() = part.task_queue;
    *saved.mutable_start_to_close_timeout() = to_duration(part.start_to_close);
    *saved.mutable_schedule_to_start_timeout() = to_duration(part.schedule_to_start);
    *saved.mutable_scheduled_time() = to_timestamp(part.scheduled_time);
    *saved.mutable_original_scheduled_time() = to_timestamp(part.original_scheduled_time);
    *saved.mutable_started_time() = to_timestamp(part.started_time);
    saved.set_request_id(part.request_id);
    saved.set_identity(part.identity);
    saved.set_suggest_continue_as_new(part.suggest_continue_as_new);
    for (const auto reason : part.reasons) saved.add_reasons(reason);
    saved.set_history_size_bytes(part.history_size_bytes);
    *saved.mutable_sticky_task_queue() = part.sticky_queue;
    *saved.mutable_sticky_schedule_to_start_timeout() = to_duration(part.sticky_schedule_to_start);
    saved.set_close_attempted(part.close_attempted);
    saved.set_sticky_foreseen_by(part.foreseen_by);
}

workflow_task_part load(const journal::WorkflowTaskPart& saved) {
    workflow_task_part part;
    part.scheduled_event_id = saved.scheduled_event_id();
    part.started_event_id = saved.started_event_id();
    part.attempt = saved.attempt();
    part.task_queue = saved.task_queue();
    part.start_to_close = from_duration(saved.start_to_close_timeout());
    part.schedule_to_start = from_duration(saved.schedule_to_start_timeout());
    part.scheduled_time = from_timestamp(saved.scheduled_time());
    part.original_scheduled_time = from_timestamp(saved.original_scheduled_time());
    part.started_time = from_timestamp(saved.started_time());
    part.request_id = saved.request_id();
    part.identity = saved.identity();
    part.suggest_continue_as_new = saved.suggest_continue_as_new();
    for (const auto reason : saved.reasons()) {
        part.reasons.push_back(static_cast<pb::enums::SuggestContinueAsNewReason>(reason));
    }
    part.history_size_bytes = saved.history_size_bytes();
    part.sticky_queue = saved.sticky_task_queue();
    part.sticky_schedule_to_start = from_duration(saved.sticky_schedule_to_start_timeout());
    part.close_attempted = saved.close_attempted();
    part.foreseen_by = saved.sticky_foreseen_by();
    return part;
}

void save(const activity_state& part, journal::ActivityPart& saved) {
    saved.set_scheduled_event_id(part.scheduled_event_id);
    *saved.mutable_scheduled_time() = to_timestamp(part.scheduled_time);
    *saved.mutable_scheduled() = part.scheduled;
    saved.set_attempt(part.attempt);
    *saved.mutable_attempt_scheduled_time() = to_timestamp(part.attempt_scheduled_time);
    saved.set_in_backoff(part.in_backoff);
    if (part.retry_interval) *saved.mutable_retry_interval() = to_duration(*part.retry_interval);
    if (part.last_attempt_complete_time) {
        *saved.mutable_last_attempt_complete_time() = to_timestamp(*part.last_attempt_complete_time);
    }
    saved.set_started(part.started);
    *saved.mutable_started_time() = to_timestamp(part.started_time);
    saved.set_request_id(part.request_id);
    if (part.last_started_time) *saved.mutable_last_started_time() = to_timestamp(*part.last_started_time);
    saved.set_identity(part.identity);
    if (part.last_heartbeat_time) *saved.mutable_last_heartbeat_time() = to_timestamp(*part.last_heartbeat_time);
    if (part.heartbeat_details) *saved.mutable_heartbeat_details() = *part.heartbeat_details;
    if (part.last_failure) *saved.mutable_last_failure() = *part.last_failure;
    saved.set_cancel_requested_event_id(part.cancel_requested_event_id);
}

activity_state load(const journal::ActivityPart& saved) {
    activity_state part;
    part.scheduled_event_id = saved.scheduled_event_id();
    part.scheduled_time = from_timestamp(saved.scheduled_time());
    part.scheduled = saved.scheduled();
    part.attempt = saved.attempt();
    part.attempt_scheduled_time = from_timestamp(saved.attempt_scheduled_time());
    part.in_backoff = saved.in_backoff();
    if (saved.has_retry_interval()) part.retry_interval = from_duration(saved.retry_interval());
    if (saved.has_last_attempt_complete_time()) {
        part.last_attempt_complete_time = from_timestamp(saved.last_attempt_complete_time());
    }
    part.started = saved.started();
    part.started_time = from_timestamp(saved.started_time());
    part.request_id = saved.request_id();
    if (saved.has_last_started_time()) part.last_started_time = from_timestamp(saved.last_started_time());
    part.identity = saved.identity();
    if (saved.has_last_heartbeat_time()) part.last_heartbeat_time = from_timestamp(saved.last_heartbeat_time());
    if (saved.has_heartbeat_details()) part.heartbeat_details = saved.heartbeat_details();
    if (saved.has_last_failure()) part.last_failure = saved.last_failure();
    part.cancel_requested_event_id = saved.cancel_requested_event_id();
    return part;
}

void save(const timer_state& part, journal::TimerPart& saved) {
    saved.set_timer_id(part.timer_id);
    saved.set_started_event_id(part.started_event_id);
    *saved.mutable_due() = to_timestamp(part.due);
}

timer_state load(const journal::TimerPart& saved) {
    return {saved.timer_id(), saved.started_event_id(), from_timestamp(saved.due())};
}

}  // namespace perdure::history
