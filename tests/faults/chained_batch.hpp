#pragma once

#include <cstdint>

#include "history_service/store/rows.hpp"

namespace perdure::history {

/// Batch `n` makes the runs 2n and 2n + 1, goes on with the run `before`, which has one record (0: with none), and moves one
/// pointer: half of it would show.
inline commit_batch chained_batch(std::int64_t n, run_number before, std::int64_t epoch) {
    commit_batch batch;
    batch.epoch = epoch;
    for (const run_number run : {2 * n, 2 * n + 1}) {
        run_write write;
        write.run = run;
        write.created = run_key{"default", "w-" + std::to_string(run), "r-" + std::to_string(run)};
        write.records.push_back({1, 1, 1, std::string(static_cast<std::size_t>(200 + run % 7 * 900), 'r')});
        write.wakeup = wall_time{std::chrono::seconds{n}};
        write.tasks_added.push_back(
            {{"default", "q", task_kind::workflow, false}, {wall_time{std::chrono::seconds{n}}, run, 1}, 1});
        write.visibility = visibility_row{};
        write.visibility->run = run;
        write.visibility->namespace_name = "default";
        write.visibility->workflow_id = write.created->workflow_id;
        write.visibility->run_id = write.created->run_id;
        batch.runs.push_back(std::move(write));
    }
    if (before > 0) {
        run_write next;
        next.run = before;
        next.previous_sequence = 1;
        next.records.push_back({2, 2, 1, "next"});
        batch.runs.push_back(std::move(next));
    }
    batch.current_runs.push_back({"default", "newest", 2 * n});
    return batch;
}

}  // namespace perdure::history
