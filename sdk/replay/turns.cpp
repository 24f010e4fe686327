#include "sdk/replay/turns.hpp"

namespace perdure::detail {

bool is_command_event(pb::enums::EventType type) noexcept {
    switch (type) {
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
        case pb::enums::EVENT_TYPE_TIMER_STARTED:
        case pb::enums::EVENT_TYPE_TIMER_CANCELED:
        case pb::enums::EVENT_TYPE_MARKER_RECORDED:
        case pb::enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case pb::enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        case pb::enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        case pb::enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
        case pb::enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_SCHEDULED:
        case pb::enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return true;
        default:
            return false;
    }
}

bool ends_run(pb::enums::EventType type) noexcept {
    return type == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED ||
           type == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED || type == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED ||
           type == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW;
}

turn_list cut_into_turns(const event_list& events, int first, bool live) {
    turn_list cut;
    cut.rest = first;
    for (int i = first; i < events.size(); ++i) {
        if (events[i].event_type() != pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) continue;
        const bool last = i + 1 == events.size();
        const bool completed = !last && events[i + 1].event_type() == pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
        if (!completed && !(last && live)) continue;
        turn made{.begin = cut.rest, .end = i + 1, .started = i, .completed = completed, .made_end = i + 1};
        if (completed) {
            // Up to the next task: between the commands' events only their immediate consequences stand.
            made.made_end = i + 2;
            while (made.made_end < events.size() &&
                   events[made.made_end].event_type() != pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) {
                ++made.made_end;
            }
        }
        cut.turns.push_back(made);
        cut.rest = i + 1;
    }
    return cut;
}

std::vector<std::int64_t> command_events(const event_list& events, const turn& at) {
    std::vector<std::int64_t> ids;
    for (int i = at.end; i < at.made_end; ++i) {
        if (is_command_event(events[i].event_type())) ids.push_back(events[i].event_id());
    }
    return ids;
}

}  // namespace perdure::detail
