#include "history_service/engine/apply.hpp"
#include "history_service/engine/properties.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/wakeups.hpp"

namespace perdure::history {
namespace {

bool start(run_state& state, const pb::history::HistoryEvent& event) {
    auto& run = state.execution;
    if (run.status != pb::enums::WORKFLOW_EXECUTION_STATUS_UNSPECIFIED) return false;
    run.started = event.workflow_execution_started_event_attributes();
    run.user_metadata = event.user_metadata();
    run.status = pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING;
    run.start_time = from_timestamp(event.event_time());
    run.memo = run.started.memo();
    run.search_attributes = run.started.search_attributes();
    run.reset_points = run.started.prev_auto_reset_points();
    if (!run.started.has_retry_policy()) {
        // Only a retry starts over with these; a run that will never be retried need not hold them.
        run.started.clear_input();
        run.started.clear_header();
        run.started.clear_memo();
        run.started.clear_search_attributes();
        run.started.clear_last_completion_result();
    }
    run.started.clear_continued_failure();
    run.started.clear_prev_auto_reset_points();
    refresh_execution_wakeup(state);
    return true;
}

bool close(run_state& state, const pb::history::HistoryEvent& event, pb::enums::WorkflowExecutionStatus status,
           const std::string& successor) {
    if (!state.running()) return false;
    state.execution.status = status;
    state.execution.close_time = from_timestamp(event.event_time());
    state.execution.successor_run_id = successor;
    state.buffer.clear();
    state.buffer_bytes = 0;
    rebuild_wakeups(state);
    return true;
}

}  // namespace

bool apply_execution_event(run_state& state, const pb::history::HistoryEvent& event) {
    using namespace pb::enums;
    switch (event.event_type()) {
        case EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            return start(state, event);
        case EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            ++state.execution.signal_count;
            return true;
        case EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            state.execution.cancel_requested = true;
            return true;
        case EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            merge(state.execution.search_attributes,
                  event.upsert_workflow_search_attributes_event_attributes().search_attributes());
            return true;
        case EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
            merge(state.execution.memo, event.workflow_properties_modified_event_attributes().upserted_memo());
            return true;
        case EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            return close(state, event, WORKFLOW_EXECUTION_STATUS_COMPLETED, "");
        case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            return close(state, event, WORKFLOW_EXECUTION_STATUS_FAILED,
                         event.workflow_execution_failed_event_attributes().new_execution_run_id());
        case EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
            return close(state, event, WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
                         event.workflow_execution_timed_out_event_attributes().new_execution_run_id());
        case EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            return close(state, event, WORKFLOW_EXECUTION_STATUS_CANCELED, "");
        case EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            return close(state, event, WORKFLOW_EXECUTION_STATUS_TERMINATED, "");
        case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return close(state, event, WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
                         event.workflow_execution_continued_as_new_event_attributes().new_execution_run_id());
        default:
            return true;
    }
}

bool apply_execution_change(run_state& state, const journal::Change& change) {
    auto& run = state.execution;
    switch (change.kind_case()) {
        case journal::Change::kRunCreated: {
            const auto& created = change.run_created();
            if (run.sequence != 0 || run.next_event_id != 1) return false;
            run.key = {created.namespace_(), created.workflow_id(), created.run_id()};
            run.request_id = created.request_id();
            if (created.has_execution_deadline()) run.execution_deadline = from_timestamp(created.execution_deadline());
            return true;
        }
        case journal::Change::kRequestSeen:
            return state.seen_requests.insert(change.request_seen().request_id()).second;
        case journal::Change::kFirstTaskDelayed:
            run.first_task_time = from_timestamp(change.first_task_delayed().until());
            refresh_first_task_wakeup(state);
            return true;
        default:
            return false;
    }
}

bool apply_timer_event(run_state& state, const pb::history::HistoryEvent& event) {
    const auto forget = [&](const std::string& timer_id, std::int64_t started_event_id) {
        // A fired timer may still be in the buffer while a new one of the same name runs.
        const auto found = state.timer_ids.find(started_event_id);
        if (found == state.timer_ids.end() || found->second != timer_id) return;
        state.timers.erase(timer_id);
        state.timer_ids.erase(found);
        refresh_timer_wakeup(state, started_event_id);
    };
    switch (event.event_type()) {
        case pb::enums::EVENT_TYPE_TIMER_STARTED: {
            const auto& started = event.timer_started_event_attributes();
            const auto due = after(from_timestamp(event.event_time()), from_duration(started.start_to_fire_timeout()));
            if (!state.timers.emplace(started.timer_id(), timer_state{started.timer_id(), event.event_id(), due}).second) {
                return false;
            }
            state.timer_ids.emplace(event.event_id(), started.timer_id());
            refresh_timer_wakeup(state, event.event_id());
            return true;
        }
        case pb::enums::EVENT_TYPE_TIMER_FIRED:
            forget(event.timer_fired_event_attributes().timer_id(), event.timer_fired_event_attributes().started_event_id());
            return true;
        case pb::enums::EVENT_TYPE_TIMER_CANCELED:
            forget(event.timer_canceled_event_attributes().timer_id(),
                   event.timer_canceled_event_attributes().started_event_id());
            return true;
        default:
            return true;
    }
}

}  // namespace perdure::history
