#include "history_service/engine/buffer.hpp"

#include <algorithm>
#include <map>

#include "history_service/engine/apply.hpp"

namespace perdure::history {
namespace {

bool is_completion(pb::enums::EventType type) {
    switch (type) {
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            return true;
        default:
            return false;
    }
}

using started_ids = std::map<std::int64_t, std::int64_t>;

template <class Attributes>
void wire(Attributes& attributes, const started_ids& started) {
    if (const auto id = started.find(attributes.scheduled_event_id()); id != started.end()) {
        attributes.set_started_event_id(id->second);
    }
}

void wire_event(pb::history::HistoryEvent& event, const started_ids& started) {
    switch (event.event_type()) {
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            return wire(*event.mutable_activity_task_completed_event_attributes(), started);
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_FAILED:
            return wire(*event.mutable_activity_task_failed_event_attributes(), started);
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            return wire(*event.mutable_activity_task_timed_out_event_attributes(), started);
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            return wire(*event.mutable_activity_task_canceled_event_attributes(), started);
        default:
            return;
    }
}

}  // namespace

std::vector<pb::history::HistoryEvent> in_final_order(const std::vector<pb::history::HistoryEvent>& buffer,
                                                      std::int64_t first_id) {
    std::vector<pb::history::HistoryEvent> events;
    events.reserve(buffer.size());
    for (const bool completions : {false, true}) {
        for (const auto& event : buffer) {
            if (is_completion(event.event_type()) == completions) events.push_back(event);
        }
    }
    started_ids started;
    for (auto& event : events) {
        event.set_event_id(first_id);
        event.set_task_id(first_id);
        ++first_id;
        if (event.event_type() == pb::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED) {
            started[event.activity_task_started_event_attributes().scheduled_event_id()] = event.event_id();
        }
        wire_event(event, started);
        // Kept in the buffer only so that the id moves along if the signal is carried to another run.
        if (event.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) {
            event.mutable_workflow_execution_signaled_event_attributes()->clear_request_id();
        }
    }
    return events;
}

bool buffer_too_large(const run_state& state, const environment& env) noexcept {
    return state.buffer.size() > env.bounds.buffered_events || state.buffer_bytes > env.bounds.buffered_bytes;
}

bool activity_ended_in_buffer(const run_state& state, std::int64_t scheduled_event_id) {
    return std::any_of(state.buffer.begin(), state.buffer.end(), [&](const pb::history::HistoryEvent& event) {
        journal::Change change;
        *change.mutable_buffered_event() = event;
        return is_completion(event.event_type()) && touched_activity(change) == scheduled_event_id;
    });
}

}  // namespace perdure::history
