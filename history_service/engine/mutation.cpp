#include "history_service/engine/mutation.hpp"

#include "api/assert.hpp"
#include "history_service/engine/activity.hpp"
#include "history_service/engine/apply.hpp"
#include "history_service/engine/buffer.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/timing.hpp"

namespace perdure::history {
mutation::task_before::task_before(const activity_state& activity, std::optional<outstanding_task> task)
    : waiting(std::move(task)),
      started(activity.started),
      request_id(activity.request_id),
      started_time(activity.started_time),
      attempt(activity.attempt),
      activity_id(activity.scheduled.activity_id()) {}

mutation::mutation(run_state& state, const environment& env, record_ptr record)
    : state_(state),
      env_(env),
      transition_{.record = std::move(record)},
      first_event_id_(state.execution.next_event_id),
      was_running_(state.running()),
      workflow_task_before_(waiting_workflow_task(state)) {
    *transition_.record->mutable_time() = to_timestamp(env.now);
}

pb::history::HistoryEvent& mutation::event(pb::enums::EventType type) {
    auto& made = *google::protobuf::Arena::CreateMessage<pb::history::HistoryEvent>(transition_.record->GetArena());
    made.set_event_type(type);
    *made.mutable_event_time() = to_timestamp(now());
    return made;
}

std::int64_t mutation::add(pb::history::HistoryEvent& event) {
    if (state_.workflow_task.is_started() && waits_for_task(event.event_type())) {
        buffer(event);
        return 0;
    }
    const auto id = state_.execution.next_event_id;
    event.set_event_id(id);
    event.set_task_id(id);
    if (closes_run(event.event_type())) close_event_ = event;
    PERDURE_ASSERT(event.GetArena() == transition_.record->GetArena(), "an event is made where it is recorded");
    auto& made = change();
    made.unsafe_arena_set_allocated_event(&event);
    put(made);
    return id;
}

void mutation::buffer(pb::history::HistoryEvent& event) {
    PERDURE_ASSERT(event.GetArena() == transition_.record->GetArena(), "an event is made where it is recorded");
    auto& buffered = change();
    buffered.unsafe_arena_set_allocated_buffered_event(&event);
    put(buffered);
}

journal::Change& mutation::change() {
    return *google::protobuf::Arena::CreateMessage<journal::Change>(transition_.record->GetArena());
}

void mutation::put(journal::Change& change) {
    if (const auto id = touched_activity(change); id != 0) touch(id);
    PERDURE_ASSERT(apply(state_, change, now()), "every change the engine makes fits the state it is made for");
    transition_.record->mutable_changes()->UnsafeArenaAddAllocated(&change);
}

void mutation::touch(std::int64_t scheduled_event_id) {
    const auto [entry, first] = activities_before_.try_emplace(scheduled_event_id);
    if (!first) return;
    const auto found = state_.activities.find(scheduled_event_id);
    if (found == state_.activities.end()) return;
    const auto& activity = found->second;
    entry->second = task_before(activity, waiting_activity(state_, activity));
}

bool mutation::flush_buffer() {
    if (state_.buffer.empty()) return false;
    const auto events = in_final_order(state_.buffer, state_.execution.next_event_id);
    auto& cleared = change();
    cleared.mutable_buffer_cleared();
    put(cleared);
    for (const auto& event : events) {
        auto& flushed = change();
        *flushed.mutable_flushed_event() = event;
        put(flushed);
    }
    return true;
}

void mutation::succeed_by(created_run successor) { transition_.successor = std::make_unique<created_run>(std::move(successor)); }

void mutation::settle_tasks() {
    if (was_running_ && !state_.running()) {
        // The run is over for every activity, touched or not.
        for (const auto& [id, activity] : state_.activities) {
            task_before before(activity, std::nullopt);
            if (activity.outstanding()) {
                before.waiting =
                    outstanding_task{{task_kind::activity, id, activity.attempt}, {}, activity.attempt_scheduled_time};
            }
            activities_before_.try_emplace(id, std::move(before));
        }
    }
    const auto workflow_task = waiting_workflow_task(state_);
    if (workflow_task_before_ && workflow_task_before_ != workflow_task) {
        const auto& task = state_.workflow_task;
        emit(withdraw_task{workflow_task_before_->task, task.is_started()});
    }
    if (workflow_task && workflow_task_before_ != workflow_task) emit(offer_task{*workflow_task});

    for (const auto& [id, before] : activities_before_) {
        const auto found = state_.activities.find(id);
        const auto* activity = found == state_.activities.end() ? nullptr : &found->second;
        const auto waiting = activity != nullptr ? waiting_activity(state_, *activity) : std::nullopt;
        const bool started = activity != nullptr && state_.running() && activity->started;
        if (before.waiting && (!waiting || waiting->task != before.waiting->task)) {
            emit(withdraw_task{before.waiting->task, started && activity->attempt == before.attempt});
        }
        if (waiting && (!before.waiting || before.waiting->task != waiting->task)) emit(offer_task{*waiting});
        const bool still_runs =
            started && activity->request_id == before.request_id && activity->started_time == before.started_time;
        if (!before.started || still_runs) continue;
        const bool answered = is_start_id(answering_start_, before.request_id, before.started_time);
        if (!answered) {
            emit(abandon_activity{id, before.attempt, start_id(before.request_id, before.started_time), before.activity_id});
        }
    }
}

transition mutation::finish() {
    if (transition_.empty()) {
        transition_.record.reset();
        return std::move(transition_);
    }
    transition_.record->set_sequence(++state_.execution.sequence);
    settle_tasks();
    if (state_.execution.next_event_id != first_event_id_) emit(history_grew{state_.last_event_id()});
    if (close_event_) {
        emit(run_closed{state_.execution.status, std::move(*close_event_), state_.execution.successor_run_id});
    }
    if (const auto broken = broken_invariant(state_)) PERDURE_ASSERT(false, broken->c_str());
    return std::move(transition_);
}

std::optional<outstanding_task> waiting_workflow_task(const run_state& state) {
    const auto& task = state.workflow_task;
    if (!state.running() || !task.pending() || task.is_started()) return std::nullopt;
    return outstanding_task{{task_kind::workflow, task.scheduled_event_id, task.attempt}, task.task_queue, task.scheduled_time};
}

std::optional<outstanding_task> waiting_activity(const run_state& state, const activity_state& activity) {
    if (!state.running() || !activity.outstanding()) return std::nullopt;
    return outstanding_task{{task_kind::activity, activity.scheduled_event_id, activity.attempt},
                            activity.scheduled.task_queue(),
                            activity.attempt_scheduled_time};
}

}  // namespace perdure::history
