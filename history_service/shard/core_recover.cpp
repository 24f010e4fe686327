#include "history_service/shard/core.hpp"
#include "history_service/shard/rows_of_state.hpp"

namespace perdure::history {

service_failure history_shard::core::unwritten(const service_failure& reason) {
    return {status_code::unavailable,
            "The change could not be written, so it did not happen: " + reason.message + ". Try again."};
}

// The memory ran ahead of a store that did not follow: what is not durable never happened, for nobody. Everything in memory
// that knows of it goes, and the shard looks at what the store has.
void history_shard::core::recover(const service_failure& reason) {
    if (reason.code == status_code::failed_precondition) lost_lease_ = unwritten(reason);
    std::set<run_number> lost(to_reload_);
    for (const run_number run : queue_.runs_under_way()) lost.insert(run);
    for (const run_number run : lost) {
        if (run_entry* entry = cache_.find(run))
            for (const auto& [ref, task] : entry->outstanding)
                later([this, offer = offer_of(*entry, task)] { around_.sink.task_withdrawn(offer, false); });
        drop_queries_of(run, unwritten(reason));
        window_.disarm(run);
        cache_.erase(run);
    }
    for (auto& release : queue_.fail()) release(&reason);
    to_reload_ = std::move(lost);
    if (lost_lease_) return;
    // A timer that fired for nobody is due still; it is not tried again and again on a disk that is full.
    firing_pause_ = true;
    deadlines_.set(steady_ + retry_pause, [this] { firing_pause_ = false; });
    for (const run_number run : std::set<run_number>(to_reload_)) reload(run);
}

void history_shard::core::reload(run_number run) {
    if (!to_reload_.contains(run)) return;
    const auto found = entry_of(run);
    if (!found && found.error().code != status_code::not_found) {
        deadlines_.set(steady_ + retry_pause, [this, run] { reload(run); });
        return;
    }
    to_reload_.erase(run);
    if (!found) return;
    run_entry& entry = **found;
    arm(entry);
    for (const auto& [ref, task] : entry.outstanding)
        later([this, offer = offer_of(entry, task)] { around_.sink.task_offered(offer); });
    plan_waiting(entry);
}

}  // namespace perdure::history
