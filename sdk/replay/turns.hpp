#pragma once

#include <cstdint>
#include <vector>

#include "api/proto.hpp"

namespace perdure::detail {

using event_list = google::protobuf::RepeatedPtrField<pb::history::HistoryEvent>;

/// The events that one workflow task has to apply, as indices into the history it is cut from.
struct turn {
    int begin = 0;
    int end = 0;             // one past the task's started event
    int started = 0;         // the task's started event
    bool completed = false;  // the history has the task's completion: this is replay
    int made_end = 0;        // of a completed task: one past the last event that follows from its commands; begin at end + 1
};

/// A history cut at the workflow tasks that were completed, and at the one that is to be done now.
///
/// Tasks that failed or timed out are no cut: their events belong to the next task that went through, because that one sees them
/// together. What is left after the last cut has not been shown to workflow code yet.
struct turn_list {
    std::vector<turn> turns;
    int rest = 0;  // the first event after the last cut
};

/// `first` is where to begin. `live` says whether a last started task without an end is to be done.
[[nodiscard]] turn_list cut_into_turns(const event_list& events, int first, bool live);

/// The events that the commands of a completed task made, in their order.
[[nodiscard]] std::vector<std::int64_t> command_events(const event_list& events, const turn& at);

/// Whether an event was made by a command of the workflow task before it.
[[nodiscard]] bool is_command_event(pb::enums::EventType type) noexcept;

/// Whether a command of that task ended the run with it.
[[nodiscard]] bool ends_run(pb::enums::EventType type) noexcept;

}  // namespace perdure::detail
