#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>

#include "history_service/engine/engine.hpp"
#include "history_service/shard/event_tail.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history {

/// A run in memory.
struct run_entry {
    run_entry(run_number of, run_state from) : number(of), state(std::move(from)), tail(state.execution.next_event_id) {}

    run_number number;
    run_state state;
    /// Queries live with the cached state; a run that has some is not evicted.
    query_book book;
    event_tail tail;
    /// What waits for workers, by task: the rows that the store has, or will have when all is durable.
    std::map<task_ref, outstanding_task> outstanding;
    /// The wake-up that the store has, or will have with the batch under way.
    std::optional<wall_time> stored_wakeup;
    /// Its time came at this moment, and no worker was told yet.
    std::optional<wall_time> woken_for;
    /// An answer to a foreseen task came too late: too much happens to the run for its worker to go ahead.
    bool is_unforeseeable = false;
    /// The last record that is durable, and the last one that is durable, on its way or waits for that.
    std::int64_t durable_sequence = 0;
    std::int64_t written_sequence = 0;
    std::size_t journal_bytes = 0;
    std::size_t checkpoint_bytes = 0;
    /// Of the state: of its start, when it was measured last, what the count of its things gave then, and the records since.
    std::size_t start_bytes = 0;
    std::size_t measured_bytes = 0;
    std::size_t counted_bytes = 0;
    std::size_t unmeasured_bytes = 0;
    /// Of everything here.
    std::size_t bytes = 0;
    std::list<run_number>::iterator recent;
};

}  // namespace perdure::history
