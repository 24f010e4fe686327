#pragma once

#include <vector>

#include "history_service/engine/environment.hpp"
#include "history_service/engine/state.hpp"

namespace perdure::history {

/// Buffered events as they become history, ids from `first_id` on: completions of activities after everything else, and
/// each completion told the id of its started event.
[[nodiscard]] std::vector<pb::history::HistoryEvent> in_final_order(const std::vector<pb::history::HistoryEvent>& buffer,
                                                                    std::int64_t first_id);

/// Whether the buffer is beyond its bounds, so that the started task must give way.
[[nodiscard]] bool buffer_too_large(const run_state& state, const environment& env) noexcept;

/// Whether the buffer holds the event that ended this activity.
[[nodiscard]] bool activity_ended_in_buffer(const run_state& state, std::int64_t scheduled_event_id);

}  // namespace perdure::history
