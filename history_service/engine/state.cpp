#include "history_service/engine/state.hpp"

#include "history_service/engine/engine.hpp"

namespace perdure::history {

std::size_t memory_bytes(const run_state& state) noexcept {
    std::size_t bytes = sizeof(run_state) + state.buffer_bytes;
    const auto& run = state.execution;
    bytes += run.started.SpaceUsedLong() + run.memo.SpaceUsedLong() + run.search_attributes.SpaceUsedLong() +
             run.reset_points.SpaceUsedLong();
    for (const auto& [id, activity] : state.activities) {
        bytes += sizeof(activity) + activity.scheduled.SpaceUsedLong();
        if (activity.heartbeat_details) bytes += activity.heartbeat_details->SpaceUsedLong();
        if (activity.last_failure) bytes += activity.last_failure->SpaceUsedLong();
    }
    constexpr std::size_t node = 64;
    bytes += state.timers.size() * (sizeof(timer_state) + 3 * node);
    bytes += state.wakeups.size() * (sizeof(wakeup) + 2 * node);
    for (const auto& request : state.seen_requests) bytes += request.size() + node;
    return bytes;
}

std::optional<wall_time> next_wakeup(const run_state& state) {
    if (state.wakeups.empty()) return std::nullopt;
    return state.wakeups.begin()->due;
}

}  // namespace perdure::history
