#include "history_service/engine/activity.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/query_settle.hpp"
#include "history_service/engine/run_retry.hpp"
#include "history_service/engine/terminate.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

bool is_due(const run_state& state, wall_time now) { return !state.wakeups.empty() && state.wakeups.begin()->due <= now; }

/// How many events the run has been told of, buffered ones included.
std::int64_t seen_events(const run_state& state) {
    return state.execution.next_event_id + static_cast<std::int64_t>(state.buffer.size());
}

void fire_timer(mutation& change, std::int64_t started_event_id) {
    const auto& id = change.state().timer_ids.at(started_event_id);
    auto& event = change.event(pb::enums::EVENT_TYPE_TIMER_FIRED);
    auto& fired = *event.mutable_timer_fired_event_attributes();
    fired.set_timer_id(id);
    fired.set_started_event_id(started_event_id);
    change.add(event);
}

/// One thing of an activity that is due: the end of its back-off, or its earliest deadline.
void fire_activity(mutation& change, std::int64_t scheduled_event_id) {
    const auto& activity = change.state().activities.at(scheduled_event_id);
    const auto deadlines = activity_deadlines(activity);
    if (!deadlines.empty() && deadlines.front().due <= change.now() &&
        !(activity.in_backoff && activity.attempt_scheduled_time <= deadlines.front().due)) {
        return time_out_activity(change, deadlines.front());
    }
    auto& offered = change.change();
    offered.mutable_activity_offered()->set_scheduled_event_id(scheduled_event_id);
    change.put(offered);
}

}  // namespace

transition fire_due(run_state& state, query_book& book, const environment& env, query_outcome& queries) {
    if (!is_due(state, env.now)) return {};
    mutation change(state, env);
    bool wake = false;
    // Each round takes the earliest thing that is due. Rounds end: what one of them closes is gone, and what it tries again
    // lies behind a back-off.
    while (is_due(state, env.now)) {
        const auto due = *state.wakeups.begin();
        const auto events = seen_events(state);
        switch (due.kind) {
            case wakeup_kind::execution:
                time_out_run(change);
                break;
            case wakeup_kind::first_task:
                wake_workflow_at_once(change);
                break;
            case wakeup_kind::timer:
                fire_timer(change, due.event_id);
                break;
            case wakeup_kind::activity:
                fire_activity(change, due.event_id);
                break;
            case wakeup_kind::workflow_task:
                time_out_task(change);
                // What was buffered behind the task becomes history before anything else does.
                schedule_workflow_task(change);
                queries = requeue_attached(book);
                break;
        }
        wake = wake || seen_events(state) != events;
    }
    if (state.running()) {
        if (wake) wake_workflow(change);
        enforce_history_bounds(change);
    }
    if (!state.running()) queries = release_queries(book);
    return change.finish();
}

}  // namespace perdure::history
