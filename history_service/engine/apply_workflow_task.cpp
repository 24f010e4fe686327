#include <algorithm>

#include "history_service/engine/apply.hpp"
#include "history_service/engine/properties.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/wakeups.hpp"

namespace perdure::history {
namespace {

constexpr int most_reset_points = 20;

/// What follows the end of a task: nothing pending, `attempt` for the next one.
void clear_task(workflow_task_part& task, std::int32_t attempt) {
    workflow_task_part next;
    next.attempt = attempt;
    next.sticky_queue = std::move(task.sticky_queue);
    next.sticky_schedule_to_start = task.sticky_schedule_to_start;
    next.foreseen_by = std::move(task.foreseen_by);
    task = std::move(next);
}

void clear_sticky(workflow_task_part& task) {
    task.sticky_queue.Clear();
    task.sticky_schedule_to_start = {};
    task.foreseen_by.clear();
}

/// A failure on a sticky queue costs the stickiness and no attempt: the next try is a normal task from the start.
void fail_task(workflow_task_part& task, bool counts) {
    const auto attempt = counts && !task.sticky() ? task.attempt + 1 : 1;
    clear_task(task, attempt);
    clear_sticky(task);
}

void add_reset_point(run_state& state, const pb::history::HistoryEvent& event) {
    const auto& completed = event.workflow_task_completed_event_attributes();
    auto& points = *state.execution.reset_points.mutable_points();
    for (const auto& point : points) {
        if (point.binary_checksum() == completed.binary_checksum() && point.build_id() == completed.worker_version().build_id()) {
            return;
        }
    }
    auto& point = *points.Add();
    point.set_binary_checksum(completed.binary_checksum());
    point.set_build_id(completed.worker_version().build_id());
    point.set_run_id(state.key().run_id);
    point.set_first_workflow_task_completed_id(event.event_id());
    *point.mutable_create_time() = event.event_time();
    point.set_resettable(true);
    while (points.size() > most_reset_points) points.erase(points.begin());
}

void schedule_task(run_state& state, const pb::history::HistoryEvent& event) {
    const auto& scheduled = event.workflow_task_scheduled_event_attributes();
    auto& task = state.workflow_task;
    const auto time = from_timestamp(event.event_time());
    // A transient task that becomes a stored one stays the same task.
    if (!task.pending()) task.original_scheduled_time = time;
    task.scheduled_event_id = event.event_id();
    task.started_event_id = 0;
    task.attempt = scheduled.attempt();
    task.task_queue = scheduled.task_queue();
    task.start_to_close = from_duration(scheduled.start_to_close_timeout());
    const bool sticky = task.task_queue.kind() == pb::enums::TASK_QUEUE_KIND_STICKY;
    task.schedule_to_start = sticky ? task.sticky_schedule_to_start : duration{};
    task.scheduled_time = time;
    state.execution.first_task_time.reset();
    refresh_first_task_wakeup(state);
}

template <class Started>
void copy_start(workflow_task_part& task, const Started& started, wall_time time) {
    task.started_time = time;
    task.request_id = started.request_id();
    task.identity = started.identity();
    task.suggest_continue_as_new = started.suggest_continue_as_new();
    task.history_size_bytes = started.history_size_bytes();
}

template <class Reasons>
void copy_reasons(workflow_task_part& task, const Reasons& reasons) {
    task.reasons.clear();
    for (const auto reason : reasons) task.reasons.push_back(static_cast<pb::enums::SuggestContinueAsNewReason>(reason));
}

bool start_task(run_state& state, const pb::history::HistoryEvent& event) {
    const auto& started = event.workflow_task_started_event_attributes();
    auto& task = state.workflow_task;
    if (started.scheduled_event_id() != task.scheduled_event_id) return false;
    task.started_event_id = event.event_id();
    copy_start(task, started, from_timestamp(event.event_time()));
    copy_reasons(task, started.suggest_continue_as_new_reasons());
    return true;
}

void complete_task(run_state& state, const pb::history::HistoryEvent& event) {
    state.execution.last_completed_started_event_id = event.workflow_task_completed_event_attributes().started_event_id();
    clear_task(state.workflow_task, 1);
    add_reset_point(state, event);
    auto& attributes = *state.execution.search_attributes.mutable_indexed_fields();
    if (!attributes.contains("BuildIds")) attributes["BuildIds"] = unversioned_build_ids();
}

bool schedule_transient(run_state& state, const journal::WorkflowTaskScheduled& scheduled, wall_time time) {
    auto& task = state.workflow_task;
    if (task.pending() || scheduled.scheduled_event_id() != state.execution.next_event_id) return false;
    task.scheduled_event_id = scheduled.scheduled_event_id();
    task.attempt = scheduled.attempt();
    task.start_to_close = from_duration(scheduled.start_to_close_timeout());
    task.task_queue = state.execution.started.task_queue();
    task.scheduled_time = time;
    task.original_scheduled_time = time;
    return true;
}

bool start_transient(run_state& state, const journal::WorkflowTaskStarted& started) {
    auto& task = state.workflow_task;
    if (!task.pending() || task.is_started()) return false;
    task.started_event_id = started.started_event_id();
    copy_start(task, started, from_timestamp(started.time()));
    copy_reasons(task, started.reasons());
    return true;
}

}  // namespace

bool apply_workflow_task_event(run_state& state, const pb::history::HistoryEvent& event) {
    switch (event.event_type()) {
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
            schedule_task(state, event);
            break;
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED:
            if (!start_task(state, event)) return false;
            break;
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            complete_task(state, event);
            break;
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_FAILED:
            fail_task(state.workflow_task, true);
            break;
        case pb::enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
            fail_task(state.workflow_task, event.workflow_task_timed_out_event_attributes().timeout_type() !=
                                               pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
            break;
        default:
            return true;
    }
    refresh_workflow_task_wakeup(state);
    return true;
}

bool apply_workflow_task_change(run_state& state, const journal::Change& change, wall_time time) {
    auto& task = state.workflow_task;
    switch (change.kind_case()) {
        case journal::Change::kWorkflowTaskScheduled:
            if (!schedule_transient(state, change.workflow_task_scheduled(), time)) return false;
            break;
        case journal::Change::kWorkflowTaskStarted:
            if (!start_transient(state, change.workflow_task_started())) return false;
            break;
        case journal::Change::kWorkflowTaskClosed:
            clear_task(task, change.workflow_task_closed().next_attempt());
            clear_sticky(task);
            break;
        case journal::Change::kWorkflowTaskOrigin:
            task.original_scheduled_time = from_timestamp(change.workflow_task_origin().original_scheduled_time());
            break;
        case journal::Change::kStickySet:
            task.sticky_queue = change.sticky_set().task_queue();
            task.sticky_schedule_to_start = from_duration(change.sticky_set().schedule_to_start_timeout());
            task.foreseen_by = change.sticky_set().foreseen_by();
            break;
        case journal::Change::kStickyCleared:
            clear_sticky(task);
            break;
        case journal::Change::kCloseAttempted:
            task.close_attempted = true;
            break;
        default:
            return false;
    }
    refresh_workflow_task_wakeup(state);
    return true;
}

}  // namespace perdure::history
