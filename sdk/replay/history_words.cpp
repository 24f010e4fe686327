#include "sdk/replay/history_words.hpp"

#include <utility>

#include "api/failure.hpp"
#include "sdk/replay/wording.hpp"

namespace perdure::detail {
std::string event_teller::tell(const pb::history::HistoryEvent& event) {
    using namespace pb::enums;
    switch (event.event_type()) {
        case EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            return event.workflow_execution_started_event_attributes().workflow_type().name();
        case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            return describe_failure_chain(event.workflow_execution_failed_event_attributes().failure());
        case EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            return event.workflow_execution_signaled_event_attributes().signal_name();
        case EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            return event.workflow_execution_terminated_event_attributes().reason();
        case EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            return event.workflow_execution_cancel_requested_event_attributes().cause();
        case EVENT_TYPE_WORKFLOW_TASK_FAILED:
            return describe_failure_chain(event.workflow_task_failed_event_attributes().failure());
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            return remember(event.event_id(), event.activity_task_scheduled_event_attributes().activity_type().name());
        case EVENT_TYPE_ACTIVITY_TASK_STARTED: {
            const auto& started = event.activity_task_started_event_attributes();
            const std::string name = recall(started.scheduled_event_id());
            return started.attempt() > 1 ? name + " attempt " + std::to_string(started.attempt()) : name;
        }
        case EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return recall(event.activity_task_completed_event_attributes().scheduled_event_id());
        case EVENT_TYPE_ACTIVITY_TASK_FAILED: {
            const auto& failed = event.activity_task_failed_event_attributes();
            return recall(failed.scheduled_event_id()) + ": " + describe_failure_chain(failed.failure());
        }
        case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: {
            const auto& timed_out = event.activity_task_timed_out_event_attributes();
            return recall(timed_out.scheduled_event_id()) + ": " + describe_failure_chain(timed_out.failure());
        }
        case EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            return recall(event.activity_task_cancel_requested_event_attributes().scheduled_event_id());
        case EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            return recall(event.activity_task_canceled_event_attributes().scheduled_event_id());
        case EVENT_TYPE_TIMER_STARTED:
            return remember(event.event_id(), value_text(event.timer_started_event_attributes().start_to_fire_timeout()));
        case EVENT_TYPE_TIMER_FIRED:
            return recall(event.timer_fired_event_attributes().started_event_id());
        case EVENT_TYPE_TIMER_CANCELED:
            return recall(event.timer_canceled_event_attributes().started_event_id());
        case EVENT_TYPE_MARKER_RECORDED:
            return event.marker_recorded_event_attributes().marker_name();
        default:
            return {};
    }
}

std::string event_teller::remember(std::int64_t id, std::string text) { return names_[id] = std::move(text); }

std::string event_teller::recall(std::int64_t id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? "of event " + std::to_string(id) : found->second;
}

std::string history_lines(const pb::history::History& history) {
    event_teller teller;
    std::string text;
    for (const auto& event : history.events()) {
        const std::string detail = teller.tell(event);
        text += std::to_string(event.event_id()) + " " + event_type_text(event.event_type()) +
                (detail.empty() ? "" : " " + detail) + "\n";
    }
    return text;
}

}  // namespace perdure::detail
