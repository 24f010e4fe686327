#include "history_service/engine/apply.hpp"

#include "history_service/engine/wakeups.hpp"

namespace perdure::history {
namespace {

/// Ids and bytes: what every event does to its run whatever it says.
bool account(run_state& state, const pb::history::HistoryEvent& event) {
    if (event.event_id() != state.execution.next_event_id) return false;
    ++state.execution.next_event_id;
    state.execution.history_bytes += static_cast<std::int64_t>(event.ByteSizeLong());
    return true;
}

bool apply_effect(run_state& state, const pb::history::HistoryEvent& event) {
    return apply_execution_event(state, event) && apply_workflow_task_event(state, event) && apply_activity_event(state, event) &&
           apply_timer_event(state, event);
}

}  // namespace

bool closes_run(pb::enums::EventType type) noexcept {
    switch (type) {
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            return true;
        default:
            return false;
    }
}

bool waits_for_task(pb::enums::EventType type) noexcept {
    switch (type) {
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_FAILED:
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        // Made by commands: they belong to the task that made them.
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
        case pb::enums::EVENT_TYPE_TIMER_STARTED:
        case pb::enums::EVENT_TYPE_TIMER_CANCELED:
        case pb::enums::EVENT_TYPE_MARKER_RECORDED:
        case pb::enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
        case pb::enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
            return false;
        default:
            return !closes_run(type);
    }
}

bool apply_event(run_state& state, const pb::history::HistoryEvent& event) {
    return account(state, event) && apply_effect(state, event);
}

bool apply_buffered(run_state& state, const journal::Change& change) {
    switch (change.kind_case()) {
        case journal::Change::kBufferedEvent:
            if (!apply_effect(state, change.buffered_event())) return false;
            state.buffer.push_back(change.buffered_event());
            state.buffer_bytes += change.buffered_event().ByteSizeLong();
            return true;
        case journal::Change::kBufferCleared:
            state.buffer.clear();
            state.buffer_bytes = 0;
            return true;
        case journal::Change::kBufferedTimerRemoved: {
            for (auto event = state.buffer.begin(); event != state.buffer.end(); ++event) {
                if (event->event_type() != pb::enums::EVENT_TYPE_TIMER_FIRED ||
                    event->timer_fired_event_attributes().timer_id() != change.buffered_timer_removed().timer_id()) {
                    continue;
                }
                state.buffer_bytes -= event->ByteSizeLong();
                state.buffer.erase(event);
                return true;
            }
            return false;
        }
        case journal::Change::kFlushedEvent:
            return account(state, change.flushed_event());
        default:
            return false;
    }
}

bool apply(run_state& state, const journal::Change& change, wall_time time) {
    switch (change.kind_case()) {
        case journal::Change::kEvent:
            return apply_event(state, change.event());
        case journal::Change::kBufferedEvent:
        case journal::Change::kBufferCleared:
        case journal::Change::kBufferedTimerRemoved:
        case journal::Change::kFlushedEvent:
            return apply_buffered(state, change);
        case journal::Change::kRunCreated:
        case journal::Change::kRequestSeen:
        case journal::Change::kFirstTaskDelayed:
            return apply_execution_change(state, change);
        case journal::Change::kWorkflowTaskScheduled:
        case journal::Change::kWorkflowTaskStarted:
        case journal::Change::kWorkflowTaskClosed:
        case journal::Change::kWorkflowTaskOrigin:
        case journal::Change::kStickySet:
        case journal::Change::kStickyCleared:
        case journal::Change::kCloseAttempted:
            return apply_workflow_task_change(state, change, time);
        case journal::Change::kActivityStarted:
        case journal::Change::kActivityHeartbeat:
        case journal::Change::kActivityRetried:
        case journal::Change::kActivityOffered:
            return apply_activity_change(state, change, time);
        case journal::Change::KIND_NOT_SET:
            return false;
    }
    return false;
}

}  // namespace perdure::history
