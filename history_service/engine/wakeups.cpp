#include "history_service/engine/wakeups.hpp"

#include <algorithm>

#include "history_service/engine/timing.hpp"

namespace perdure::history {
namespace {

void set_wakeup(run_state& state, wakeup_kind kind, std::int64_t event_id, std::optional<wall_time> due) {
    if (!state.running()) due.reset();
    const auto key = std::pair{kind, event_id};
    const auto known = state.wakeup_times.find(key);
    if (known != state.wakeup_times.end()) {
        if (due && known->second == *due) return;
        state.wakeups.erase(wakeup{known->second, kind, event_id});
        state.wakeup_times.erase(known);
    }
    if (due) {
        state.wakeups.insert(wakeup{*due, kind, event_id});
        state.wakeup_times.emplace(key, *due);
    }
}

std::optional<wall_time> activity_wakeup(const activity_state& activity) {
    std::optional<wall_time> due;
    if (const auto deadlines = activity_deadlines(activity); !deadlines.empty()) due = deadlines.front().due;
    if (activity.in_backoff) due = due ? std::min(*due, activity.attempt_scheduled_time) : activity.attempt_scheduled_time;
    return due;
}

}  // namespace

std::vector<activity_deadline> activity_deadlines(const activity_state& activity) {
    const auto& scheduled = activity.scheduled;
    std::vector<activity_deadline> deadlines;
    const auto add = [&](wall_time from, const google::protobuf::Duration& length, pb::enums::TimeoutType type) {
        if (const auto timeout = from_duration(length); timeout > milliseconds::zero()) {
            deadlines.push_back({after(from, timeout), activity.scheduled_event_id, type, activity.attempt});
        }
    };
    add(activity.scheduled_time, scheduled.schedule_to_close_timeout(), pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
    if (activity.started) {
        add(activity.started_time, scheduled.start_to_close_timeout(), pb::enums::TIMEOUT_TYPE_START_TO_CLOSE);
        const auto alive = std::max(activity.started_time, activity.last_heartbeat_time.value_or(activity.started_time));
        add(alive, scheduled.heartbeat_timeout(), pb::enums::TIMEOUT_TYPE_HEARTBEAT);
    } else {
        add(activity.attempt_scheduled_time, scheduled.schedule_to_start_timeout(), pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
    }
    std::sort(deadlines.begin(), deadlines.end());
    return deadlines;
}

std::optional<wall_time> retry_expiration(const activity_state& activity) {
    const auto total = from_duration(activity.scheduled.schedule_to_close_timeout());
    if (total <= milliseconds::zero()) return std::nullopt;
    return after(activity.scheduled_time, total);
}

std::optional<wall_time> run_deadline(const execution_part& execution) {
    auto deadline = execution.execution_deadline;
    const auto run_timeout = from_duration(execution.started.workflow_run_timeout());
    if (run_timeout > milliseconds::zero()) {
        const auto backoff = from_duration(execution.started.first_workflow_task_backoff());
        const auto run = after(after(execution.start_time, backoff), run_timeout);
        deadline = deadline ? std::min(*deadline, run) : run;
    }
    return deadline;
}

std::optional<wall_time> workflow_task_deadline(const workflow_task_part& task) {
    if (!task.pending()) return std::nullopt;
    if (task.is_started()) return after(task.started_time, task.start_to_close);
    if (task.task_queue.kind() != pb::enums::TASK_QUEUE_KIND_STICKY) return std::nullopt;
    return after(task.scheduled_time, task.schedule_to_start);
}

void refresh_execution_wakeup(run_state& state) { set_wakeup(state, wakeup_kind::execution, 0, run_deadline(state.execution)); }

void refresh_first_task_wakeup(run_state& state) {
    set_wakeup(state, wakeup_kind::first_task, 0, state.execution.first_task_time);
}

void refresh_timer_wakeup(run_state& state, std::int64_t started_event_id) {
    std::optional<wall_time> due;
    if (const auto id = state.timer_ids.find(started_event_id); id != state.timer_ids.end()) {
        due = state.timers.at(id->second).due;
    }
    set_wakeup(state, wakeup_kind::timer, started_event_id, due);
}

void refresh_activity_wakeup(run_state& state, std::int64_t scheduled_event_id) {
    std::optional<wall_time> due;
    if (const auto found = state.activities.find(scheduled_event_id); found != state.activities.end()) {
        due = activity_wakeup(found->second);
    }
    set_wakeup(state, wakeup_kind::activity, scheduled_event_id, due);
}

void refresh_workflow_task_wakeup(run_state& state) {
    set_wakeup(state, wakeup_kind::workflow_task, 0, workflow_task_deadline(state.workflow_task));
}

void rebuild_wakeups(run_state& state) {
    state.wakeups.clear();
    state.wakeup_times.clear();
    if (!state.running()) return;
    refresh_execution_wakeup(state);
    refresh_first_task_wakeup(state);
    refresh_workflow_task_wakeup(state);
    for (const auto& [id, name] : state.timer_ids) refresh_timer_wakeup(state, id);
    for (const auto& [id, activity] : state.activities) refresh_activity_wakeup(state, id);
}

}  // namespace perdure::history
