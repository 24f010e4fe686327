#include <string>

#include "history_service/engine/engine.hpp"
#include "history_service/engine/wakeups.hpp"

namespace perdure::history {
namespace {

/// Items up to which everything is looked at after every transition. Above, the counts are, which depend on no item.
constexpr std::size_t looked_at_singly = 64;

bool has_wakeup(const run_state& state, wakeup_kind kind, std::int64_t event_id, const std::optional<wall_time>& due) {
    const auto known = state.wakeup_times.find({kind, event_id});
    if (!due) return known == state.wakeup_times.end();
    return known != state.wakeup_times.end() && known->second == *due && state.wakeups.contains(wakeup{*due, kind, event_id});
}

std::optional<std::string> broken_item(const run_state& state) {
    for (const auto& [id, activity] : state.activities) {
        if (id != activity.scheduled_event_id || id >= state.execution.next_event_id) {
            return "an activity's scheduled event is not in its history";
        }
        const bool waits_for_time = state.wakeup_times.contains({wakeup_kind::activity, id});
        if (!waits_for_time && !activity.outstanding()) return "a pending activity has neither a wake-up nor a task";
        if (activity.started && activity.in_backoff) return "an activity is started and in back-off";
        if (activity.started && activity.identity.empty() && activity.request_id.empty()) {
            return "a started activity has no start";
        }
    }
    for (const auto& [started_event_id, name] : state.timer_ids) {
        const auto timer = state.timers.find(name);
        if (timer == state.timers.end()) return "a timer's id is unknown";
        if (!has_wakeup(state, wakeup_kind::timer, started_event_id, timer->second.due)) return "a pending timer has no wake-up";
    }
    return std::nullopt;
}

std::optional<std::string> broken_task(const run_state& state) {
    const auto& task = state.workflow_task;
    if (!task.pending() && task.is_started()) return "a workflow task is started and not scheduled";
    if (task.attempt < 1) return "a workflow task's attempt is below 1";
    if (!state.buffer.empty() && !task.is_started()) return "events are buffered while no workflow task is started";
    if (!has_wakeup(state, wakeup_kind::workflow_task, 0, workflow_task_deadline(task))) {
        return "a workflow task's time-out has no wake-up";
    }
    const auto& run = state.execution;
    if (run.first_task_time && task.pending()) return "the first workflow task is both held back and pending";
    if (!run.first_task_time && !task.pending() && !run.has_completed_task()) {
        return "the run waits for nothing and no workflow task of it ever completed";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> broken_invariant(const run_state& state) {
    const auto& run = state.execution;
    if (run.key.run_id.empty() || run.status == pb::enums::WORKFLOW_EXECUTION_STATUS_UNSPECIFIED) {
        return "the run has no identity or was never started";
    }
    if (run.next_event_id < 2) return "the run has no first event";
    if (state.activities.size() != state.activity_ids.size()) return "the activities and their ids disagree";
    if (state.timers.size() != state.timer_ids.size()) return "the timers and their ids disagree";
    if (state.wakeups.size() != state.wakeup_times.size()) return "the wake-ups and their times disagree";
    if (!state.running()) {
        if (!run.close_time) return "a closed run has no close time";
        if (!state.wakeups.empty()) return "a closed run still has wake-ups";
        if (!state.buffer.empty()) return "a closed run still has buffered events";
        return std::nullopt;
    }
    if (auto broken = broken_task(state)) return broken;
    if (!has_wakeup(state, wakeup_kind::execution, 0, run_deadline(run))) return "the run's time-out has no wake-up";
    if (!has_wakeup(state, wakeup_kind::first_task, 0, run.first_task_time)) return "the start's delay has no wake-up";
    if (state.activities.size() + state.timers.size() <= looked_at_singly) return broken_item(state);
    return std::nullopt;
}

}  // namespace perdure::history
