#pragma once

#include <optional>
#include <vector>

#include "history_service/engine/state.hpp"

namespace perdure::history {

/// A moment at which an activity, left alone, times out.
struct activity_deadline {
    wall_time due{};
    std::int64_t scheduled_event_id = 0;
    pb::enums::TimeoutType type{};
    std::int32_t attempt = 1;

    friend auto operator<=>(const activity_deadline&, const activity_deadline&) = default;
};

/// All time-outs that can end the activity's present attempt, earliest first.
[[nodiscard]] std::vector<activity_deadline> activity_deadlines(const activity_state& activity);

/// Until when an activity may be tried again.
[[nodiscard]] std::optional<wall_time> retry_expiration(const activity_state& activity);

/// When the run ends by run or execution timeout.
[[nodiscard]] std::optional<wall_time> run_deadline(const execution_part& execution);

/// When the pending workflow task times out: started for too long, or not taken from the sticky queue.
[[nodiscard]] std::optional<wall_time> workflow_task_deadline(const workflow_task_part& task);

// Called by `apply` for what it changed.
void refresh_execution_wakeup(run_state& state);
void refresh_first_task_wakeup(run_state& state);
void refresh_timer_wakeup(run_state& state, std::int64_t started_event_id);
void refresh_activity_wakeup(run_state& state, std::int64_t scheduled_event_id);
void refresh_workflow_task_wakeup(run_state& state);
/// All of them anew; none for a closed run.
void rebuild_wakeups(run_state& state);

}  // namespace perdure::history
