#include "history_service/engine/apply.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/wakeups.hpp"

namespace perdure::history {
namespace {

bool schedule(run_state& state, const pb::history::HistoryEvent& event) {
    activity_state activity;
    activity.scheduled_event_id = event.event_id();
    activity.scheduled_time = from_timestamp(event.event_time());
    activity.scheduled = event.activity_task_scheduled_event_attributes();
    activity.attempt_scheduled_time = activity.scheduled_time;
    if (!state.activity_ids.emplace(activity.scheduled.activity_id(), event.event_id()).second) return false;
    state.activities.emplace(event.event_id(), std::move(activity));
    refresh_activity_wakeup(state, event.event_id());
    return true;
}

void close(run_state& state, std::int64_t scheduled_event_id) {
    // Already gone if the event was buffered: the activity closed when it was, not when the event got its id.
    const auto found = state.activities.find(scheduled_event_id);
    if (found == state.activities.end()) return;
    state.activity_ids.erase(found->second.scheduled.activity_id());
    state.activities.erase(found);
    refresh_activity_wakeup(state, scheduled_event_id);
}

bool start(activity_state& activity, const journal::ActivityStarted& started) {
    if (activity.started) return false;
    activity.started = true;
    activity.in_backoff = false;
    activity.started_time = from_timestamp(started.time());
    activity.last_started_time = activity.started_time;
    activity.request_id = started.request_id();
    activity.identity = started.identity();
    return true;
}

void retry(activity_state& activity, const journal::ActivityRetried& retried, wall_time time) {
    activity.attempt = retried.attempt();
    activity.last_failure = retried.failure();
    activity.attempt_scheduled_time = from_timestamp(retried.next_attempt_time());
    activity.in_backoff = true;
    activity.retry_interval = from_duration(retried.interval());
    activity.last_attempt_complete_time = time;
    activity.started = false;
    activity.request_id.clear();
}

}  // namespace

bool apply_activity_event(run_state& state, const pb::history::HistoryEvent& event) {
    switch (event.event_type()) {
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            return schedule(state, event);
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED: {
            const auto id = event.activity_task_cancel_requested_event_attributes().scheduled_event_id();
            if (const auto found = state.activities.find(id); found != state.activities.end()) {
                found->second.cancel_requested_event_id = event.event_id();
            }
            return true;
        }
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            close(state, event.activity_task_completed_event_attributes().scheduled_event_id());
            return true;
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
            close(state, event.activity_task_failed_event_attributes().scheduled_event_id());
            return true;
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            close(state, event.activity_task_timed_out_event_attributes().scheduled_event_id());
            return true;
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            close(state, event.activity_task_canceled_event_attributes().scheduled_event_id());
            return true;
        default:
            return true;
    }
}

std::int64_t touched_activity(const journal::Change& change) noexcept {
    switch (change.kind_case()) {
        case journal::Change::kActivityStarted:
            return change.activity_started().scheduled_event_id();
        case journal::Change::kActivityHeartbeat:
            return change.activity_heartbeat().scheduled_event_id();
        case journal::Change::kActivityRetried:
            return change.activity_retried().scheduled_event_id();
        case journal::Change::kActivityOffered:
            return change.activity_offered().scheduled_event_id();
        case journal::Change::kEvent:
        case journal::Change::kBufferedEvent:
            break;
        default:
            return 0;
    }
    const auto& event = change.has_event() ? change.event() : change.buffered_event();
    switch (event.event_type()) {
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            return event.event_id();
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return event.activity_task_completed_event_attributes().scheduled_event_id();
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
            return event.activity_task_failed_event_attributes().scheduled_event_id();
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            return event.activity_task_timed_out_event_attributes().scheduled_event_id();
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            return event.activity_task_canceled_event_attributes().scheduled_event_id();
        default:
            return 0;
    }
}

bool apply_activity_change(run_state& state, const journal::Change& change, wall_time time) {
    const auto id = touched_activity(change);
    const auto found = state.activities.find(id);
    if (found == state.activities.end()) return false;
    auto& activity = found->second;
    switch (change.kind_case()) {
        case journal::Change::kActivityStarted:
            if (!start(activity, change.activity_started())) return false;
            break;
        case journal::Change::kActivityHeartbeat: {
            const auto& beat = change.activity_heartbeat();
            activity.last_heartbeat_time = from_timestamp(beat.time());
            if (beat.has_details()) {
                activity.heartbeat_details = beat.details();
            } else {
                activity.heartbeat_details.reset();
            }
            break;
        }
        case journal::Change::kActivityRetried:
            retry(activity, change.activity_retried(), time);
            break;
        case journal::Change::kActivityOffered:
            activity.in_backoff = false;
            break;
        default:
            return false;
    }
    refresh_activity_wakeup(state, id);
    return true;
}

}  // namespace perdure::history
