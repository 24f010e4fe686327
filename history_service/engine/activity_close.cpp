#include "api/failure.hpp"
#include "history_service/engine/activity.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/terminate.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

/// The activity that a claim is for, if it is still what the claim says.
result<const activity_state*> claimed(const run_state& state, const task_claim& claim, bool may_be_unstarted) {
    if (!state.running()) return already_completed(state);
    const auto found = state.activities.find(claim.scheduled_event_id);
    const auto gone = [&] {
        return service_failure{status_code::not_found,
                               "invalid activityID or activity already timed out or invoking workflow is completed: activity '" +
                                   claim.activity_id + "' of " + name_of(state.key()) +
                                   " no longer waits for this answer; drop it."};
    };
    if (found == state.activities.end()) return gone();
    const auto& activity = found->second;
    if (!activity.started && !(claim.by_id && may_be_unstarted)) return gone();
    if (!claim.by_id &&
        (activity.attempt != claim.attempt || !is_start_id(claim.request_id, activity.request_id, activity.started_time))) {
        return gone();
    }
    return &activity;
}

/// An answer by token comes from the worker itself, which need not be told.
void note_answer(mutation& change, const task_claim& claim) {
    if (!claim.by_id) change.answered_by(claim.request_id);
}

void finish_activity(mutation& change) {
    wake_workflow(change);
    enforce_history_bounds(change);
}

void heartbeat(mutation& change, std::int64_t scheduled_event_id, const pb::common::Payloads* details) {
    auto& beat = change.change();
    beat.mutable_activity_heartbeat()->set_scheduled_event_id(scheduled_event_id);
    if (details != nullptr) *beat.mutable_activity_heartbeat()->mutable_details() = *details;
    *beat.mutable_activity_heartbeat()->mutable_time() = to_timestamp(change.now());
    change.put(beat);
}

}  // namespace

std::int64_t add_started_event(mutation& change, const activity_state& activity) {
    if (!activity.started) return 0;
    auto& event = change.event(pb::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED);
    *event.mutable_event_time() = to_timestamp(activity.started_time);
    auto& started = *event.mutable_activity_task_started_event_attributes();
    started.set_scheduled_event_id(activity.scheduled_event_id);
    started.set_identity(activity.identity);
    started.set_request_id(activity.request_id);
    started.set_attempt(activity.attempt);
    if (activity.last_failure) *started.mutable_last_failure() = *activity.last_failure;
    return change.add(event);
}

void buffer_cancellation_of_unstarted(mutation& change, const activity_state& activity, const std::string& identity) {
    auto& event = change.event(pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED);
    auto& canceled = *event.mutable_activity_task_canceled_event_attributes();
    auto& detail = *canceled.mutable_details()->add_payloads();
    (*detail.mutable_metadata())["encoding"] = "json/plain";
    detail.set_data("\"ACTIVITY_ID_NOT_STARTED\"");
    canceled.set_latest_cancel_requested_event_id(activity.cancel_requested_event_id);
    canceled.set_scheduled_event_id(activity.scheduled_event_id);
    canceled.set_identity(identity);
    change.buffer(event);
}

result<task_claim> claim_by_activity_id(const run_state& state, const std::string& activity_id) {
    if (activity_id.empty()) {
        return service_failure{status_code::invalid_argument, "activityID cannot be empty; name the activity."};
    }
    if (!state.running()) return already_completed(state);
    const auto found = state.activity_ids.find(activity_id);
    if (found == state.activity_ids.end()) {
        return service_failure{status_code::not_found, "cannot find pending activity with ActivityID " + activity_id + " in " +
                                                           name_of(state.key()) +
                                                           "; look at the workflow's history for what became of it."};
    }
    task_claim claim;
    claim.scheduled_event_id = found->second;
    claim.attempt = state.activities.at(found->second).attempt;
    claim.activity_id = activity_id;
    claim.by_id = true;
    return claim;
}

result<heartbeat_outcome> heartbeat_activity(run_state& state, const environment& env, const task_claim& claim,
                                             const pb::service::RecordActivityTaskHeartbeatRequest& request) {
    const auto activity = claimed(state, claim, false);
    if (!activity) return activity.error();
    if (auto checked = check_payload(env, "Details", request.details()); !checked) return checked.error();
    heartbeat_outcome outcome;
    outcome.response.set_cancel_requested((*activity)->cancel_requested());
    mutation change(state, env);
    heartbeat(change, claim.scheduled_event_id, request.has_details() ? &request.details() : nullptr);
    outcome.change = change.finish();
    return outcome;
}

result<done> check_result(const run_state& state, const environment& env, const task_claim& claim,
                          const pb::service::RespondActivityTaskCompletedRequest& request) {
    if (const auto found = claimed(state, claim, true); !found) return found.error();
    return check_payload(env, "Result", request.result());
}

void write_result(mutation& change, const task_claim& claim, const pb::service::RespondActivityTaskCompletedRequest& request) {
    const auto& activity = change.state().activities.at(claim.scheduled_event_id);
    if (!activity.started) {
        // Completed by id before any worker had it: as if the one who knows the result had taken it.
        (void)start_waiting_activity(change, claim.scheduled_event_id, request.identity(), "");
    }
    note_answer(change, claim);
    auto& event = change.event(pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
    auto& completed = *event.mutable_activity_task_completed_event_attributes();
    if (request.has_result()) *completed.mutable_result() = request.result();
    completed.set_scheduled_event_id(activity.scheduled_event_id);
    completed.set_identity(request.identity());
    completed.set_started_event_id(add_started_event(change, activity));
    change.add(event);
    finish_activity(change);
}

result<transition> complete_activity(run_state& state, const environment& env, const task_claim& claim,
                                     const pb::service::RespondActivityTaskCompletedRequest& request) {
    if (auto checked = check_result(state, env, claim, request); !checked) return checked.error();
    mutation change(state, env);
    write_result(change, claim, request);
    return change.finish();
}

result<transition> fail_activity(run_state& state, const environment& env, const task_claim& claim,
                                 const pb::service::RespondActivityTaskFailedRequest& request) {
    const auto found = claimed(state, claim, false);
    if (!found) return found.error();
    if (auto checked = check_payload(env, "LastHeartbeatDetails", request.last_heartbeat_details()); !checked) {
        return checked.error();
    }
    const auto failure = bounded_failure(request.failure(), env.bounds.payload_bytes);
    mutation change(state, env);
    const auto& activity = *found.value();
    note_answer(change, claim);
    if (request.has_last_heartbeat_details()) heartbeat(change, activity.scheduled_event_id, &request.last_heartbeat_details());
    const auto retry = retry_or_stop(change, activity, failure);
    if (retry == pb::enums::RETRY_STATE_IN_PROGRESS) return change.finish();

    auto& event = change.event(pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED);
    auto& failed = *event.mutable_activity_task_failed_event_attributes();
    if (request.has_failure()) *failed.mutable_failure() = failure;
    failed.set_scheduled_event_id(activity.scheduled_event_id);
    failed.set_identity(request.identity());
    failed.set_retry_state(retry);
    failed.set_started_event_id(add_started_event(change, activity));
    change.add(event);
    finish_activity(change);
    return change.finish();
}

result<transition> cancel_activity_task(run_state& state, const environment& env, const task_claim& claim,
                                        const pb::service::RespondActivityTaskCanceledRequest& request) {
    const auto found = claimed(state, claim, false);
    if (!found) return found.error();
    const auto& activity = *found.value();
    if (!activity.cancel_requested()) {
        return service_failure{status_code::invalid_argument,
                               "unable to mark activity as canceled without activity being request canceled first: activity '" +
                                   activity.scheduled.activity_id() + "' of " + name_of(state.key()) +
                                   "; complete or fail it instead."};
    }
    if (auto checked = check_payload(env, "Details", request.details()); !checked) return checked.error();
    mutation change(state, env);
    note_answer(change, claim);
    auto& event = change.event(pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED);
    auto& canceled = *event.mutable_activity_task_canceled_event_attributes();
    if (request.has_details()) *canceled.mutable_details() = request.details();
    canceled.set_latest_cancel_requested_event_id(activity.cancel_requested_event_id);
    canceled.set_scheduled_event_id(activity.scheduled_event_id);
    canceled.set_identity(request.identity());
    canceled.set_started_event_id(add_started_event(change, activity));
    change.add(event);
    finish_activity(change);
    return change.finish();
}

}  // namespace perdure::history
