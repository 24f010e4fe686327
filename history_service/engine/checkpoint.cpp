#include <algorithm>

#include "history_service/engine/checkpoint_parts.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/wakeups.hpp"

namespace perdure::history {
namespace {

constexpr std::uint32_t format_version = 1;

}  // namespace

journal::Checkpoint checkpoint(const run_state& state) {
    journal::Checkpoint saved;
    saved.set_version(format_version);
    saved.set_sequence(state.execution.sequence);
    save(state.execution, *saved.mutable_execution());
    save(state.workflow_task, *saved.mutable_workflow_task());
    for (const auto& [id, activity] : state.activities) save(activity, *saved.add_activities());
    for (const auto& [id, name] : state.timer_ids) save(state.timers.at(name), *saved.add_timers());
    for (const auto& event : state.buffer) *saved.add_buffered_events() = event;
    for (const auto& request : state.seen_requests) saved.add_seen_requests(request);
    std::sort(saved.mutable_seen_requests()->begin(), saved.mutable_seen_requests()->end());
    return saved;
}

result<run_state> restore(const journal::Checkpoint& checkpoint) {
    const auto& key = checkpoint.execution();
    const auto damaged = [&](const std::string& why) {
        return service_failure{status_code::data_loss, "The checkpoint of run " + key.run_id() + " of workflow " +
                                                           key.workflow_id() + ' ' + why +
                                                           "; run `perdure fsck` on the database."};
    };
    if (checkpoint.version() != format_version) {
        return damaged("has format " + std::to_string(checkpoint.version()) + ", which this server does not know");
    }
    run_state state;
    state.execution = load(checkpoint.execution());
    state.execution.sequence = checkpoint.sequence();
    state.workflow_task = load(checkpoint.workflow_task());
    for (const auto& part : checkpoint.activities()) {
        auto activity = load(part);
        const auto id = activity.scheduled_event_id;
        if (!state.activity_ids.emplace(activity.scheduled.activity_id(), id).second) return damaged("names an activity twice");
        state.activities.emplace(id, std::move(activity));
    }
    for (const auto& part : checkpoint.timers()) {
        auto timer = load(part);
        state.timer_ids.emplace(timer.started_event_id, timer.timer_id);
        auto id = timer.timer_id;
        if (!state.timers.emplace(std::move(id), std::move(timer)).second) return damaged("names a timer twice");
    }
    for (const auto& event : checkpoint.buffered_events()) {
        state.buffer.push_back(event);
        state.buffer_bytes += event.ByteSizeLong();
    }
    state.seen_requests.insert(checkpoint.seen_requests().begin(), checkpoint.seen_requests().end());
    rebuild_wakeups(state);
    if (const auto broken = broken_invariant(state)) return damaged("contradicts itself: " + *broken);
    return state;
}

}  // namespace perdure::history
