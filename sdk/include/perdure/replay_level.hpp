#pragma once

#include <cstdint>

namespace perdure {

/// How much of recorded history must fit the code. What differs above the level is a warning.
enum class replay_level : std::uint8_t {
    /// As Temporal: kinds and order of commands, ids and names of activities, ids of timers, names of markers.
    commands = 0,
    /// Also inputs, durations, task queues, timeouts, retry policies and the way in which a run ends.
    arguments = 1,
    /// Also the state that a workflow declares with `definition::state`, after each workflow task.
    state = 2,
};

}  // namespace perdure
