#include <algorithm>

#include "history_service/engine/buffer.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

constexpr std::int32_t attempts_at_plain_timeout = 3;
constexpr milliseconds first_growth = std::chrono::seconds(5);

bool may_schedule(const run_state& state) { return state.running() && !state.workflow_task.pending(); }

void relieve_buffer(mutation& change) {
    if (!change.state().workflow_task.is_started() || !buffer_too_large(change.state(), change.env())) return;
    give_up_started_task(change);
    schedule_workflow_task(change);
}

}  // namespace

pb::taskqueue::TaskQueue current_queue(const run_state& state) {
    if (state.workflow_task.sticky()) return state.workflow_task.sticky_queue;
    return state.execution.started.task_queue();
}

milliseconds grown_timeout(milliseconds timeout, std::int32_t attempt, milliseconds most) {
    if (attempt <= attempts_at_plain_timeout) return timeout;
    auto growth = first_growth;
    for (auto step = attempts_at_plain_timeout + 1; step < attempt && growth < most; ++step) growth *= 2;
    return timeout + std::min(growth, most);
}

void schedule_workflow_task(mutation& change, std::optional<wall_time> heartbeat_since) {
    if (!may_schedule(change.state())) return;
    // A task that brings new events is not a repetition of the last one.
    const bool news = change.flush_buffer();
    const auto attempt = news ? 1 : change.state().workflow_task.attempt;
    const auto& started = change.state().execution.started;
    const auto timeout = grown_timeout(from_duration(started.workflow_task_timeout()), attempt,
                                       change.env().bounds.workflow_task_retry_max_interval);
    if (attempt > 1) {
        auto& scheduled = change.change();
        auto& transient = *scheduled.mutable_workflow_task_scheduled();
        transient.set_scheduled_event_id(change.state().execution.next_event_id);
        transient.set_attempt(attempt);
        *transient.mutable_start_to_close_timeout() = to_duration(timeout);
        change.put(scheduled);
        return;
    }
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
    auto& scheduled = *event.mutable_workflow_task_scheduled_event_attributes();
    *scheduled.mutable_task_queue() = current_queue(change.state());
    *scheduled.mutable_start_to_close_timeout() = to_duration(timeout);
    scheduled.set_attempt(attempt);
    change.add(event);
    if (heartbeat_since) {
        auto& origin = change.change();
        *origin.mutable_workflow_task_origin()->mutable_original_scheduled_time() = to_timestamp(*heartbeat_since);
        change.put(origin);
    }
}

void wake_workflow(mutation& change) {
    if (!change.state().execution.first_task_time) schedule_workflow_task(change);
    relieve_buffer(change);
}

void wake_workflow_at_once(mutation& change) {
    schedule_workflow_task(change);
    relieve_buffer(change);
}

}  // namespace perdure::history
