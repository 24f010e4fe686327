#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/time.hpp"
#include "history_service/engine/run_key.hpp"
#include "history_service/visibility/row.hpp"

namespace perdure::history {

/// One transition of one run, as the journal keeps it. The store does not look into `bytes`.
struct journal_record {
    /// 1 for the first transition of a run, then one more each.
    std::int64_t sequence = 0;
    /// The id of the first event in the record; where it has none, the id that the next event will get.
    std::int64_t first_event_id = 0;
    std::int64_t event_count = 0;
    std::string bytes;

    friend bool operator==(const journal_record&, const journal_record&) = default;
};

/// The state of a run after the transition `sequence`: what a fold of the journal up to there gives.
struct run_checkpoint {
    std::int64_t sequence = 0;
    std::string bytes;

    friend bool operator==(const run_checkpoint&, const run_checkpoint&) = default;
};

/// A task queue. One name may stand for a workflow queue, an activity queue and a sticky queue, which are different ones.
struct queue_key {
    std::string namespace_name;
    std::string name;
    task_kind kind = task_kind::workflow;
    bool sticky = false;

    friend auto operator<=>(const queue_key&, const queue_key&) = default;
};

/// The place of a task in its queue: the order of arrival, and unique. A function of the run's state, so that it is known
/// again after a restart. A clock that was set back may place a new task before older ones.
struct task_position {
    wall_time scheduled{};
    run_number run = 0;
    /// The event that scheduled the task, or the event id it would get when it is transient.
    std::int64_t event_id = 0;

    friend auto operator<=>(const task_position&, const task_position&) = default;
};

/// A task that was scheduled and that nobody has started.
struct task_row {
    queue_key queue;
    task_position position;
    std::int32_t attempt = 0;

    friend auto operator<=>(const task_row&, const task_row&) = default;
};

/// A task as a queue is read: with the names of its run.
struct stored_task {
    task_row row;
    run_key key;

    friend bool operator==(const stored_task&, const stored_task&) = default;
};

/// Everything that one batch writes about one run: a few rows, whatever the run's age and size.
struct run_write {
    run_number run = 0;
    /// Set with the first write of a run, together with `visibility`.
    std::optional<run_key> created;
    /// The last sequence the journal must hold now, 0 for a new run: anything else is a conflict.
    std::int64_t previous_sequence = 0;
    /// In order and without a gap after `previous_sequence`. May be empty, when only a wake-up is put right.
    std::vector<journal_record> records;
    std::optional<run_checkpoint> checkpoint;
    /// Replaces the run's one wake-up; an inner nullopt removes it. A stored wake-up may be early, never late.
    std::optional<std::optional<wall_time>> wakeup;
    std::vector<task_row> tasks_added;
    std::vector<task_row> tasks_removed;
    /// Replaces the run's visibility row.
    std::optional<visibility_row> visibility;
    /// Bytes of the run's history, for those who measure. Not stored.
    std::int64_t history_bytes = 0;

    /// Where the run's journal ends with this write.
    [[nodiscard]] std::int64_t last_sequence() const noexcept {
        return records.empty() ? previous_sequence : records.back().sequence;
    }
    /// Takes a task away: one that this write adds never was there, any other one is in the store.
    void remove_task(task_row task);

    friend bool operator==(const run_write&, const run_write&) = default;
};

/// A namespace and a workflow id.
using workflow_name = std::pair<std::string, std::string>;

/// Which run a workflow id means when no run is named.
struct current_run_write {
    std::string namespace_name;
    std::string workflow_id;
    /// No value: the workflow id is free of any run.
    std::optional<run_number> run;

    friend bool operator==(const current_run_write&, const current_run_write&) = default;
};

/// One transaction: all of it becomes durable, or nothing.
struct commit_batch {
    /// The epoch of the lease under which the batch was made; another one in the store refuses the batch.
    std::int64_t epoch = 0;
    std::vector<run_write> runs;
    std::vector<current_run_write> current_runs;
    /// Runs that no longer exist for anybody; their outstanding tasks stand in a `run_write` of the batch. Their journals
    /// are taken away later by `store::collect_garbage`.
    std::vector<run_number> deleted;

    [[nodiscard]] bool empty() const noexcept { return runs.empty() && current_runs.empty() && deleted.empty(); }

    friend bool operator==(const commit_batch&, const commit_batch&) = default;
};

/// A run as the store has it: its state is the checkpoint and the fold of the records after it.
struct loaded_run {
    run_number run = 0;
    run_key key;
    std::optional<run_checkpoint> checkpoint;
    std::vector<journal_record> records;
    std::optional<wall_time> wakeup;
};

struct due_run {
    wall_time due{};
    run_number run = 0;

    friend auto operator<=>(const due_run&, const due_run&) = default;
};

/// What a writer of the shard holds: only commits under the newest epoch are taken.
struct shard_lease {
    std::int64_t epoch = 0;
    /// The number that the next new run gets.
    run_number next_run = 1;
};

/// Somebody else who holds the shard's lease, by the clock of the store.
struct lease_holder {
    std::string owner;
    std::int64_t epoch = 0;
    /// After this the lease may be taken, unless it is renewed before.
    std::chrono::milliseconds remaining{0};
};

using lease_answer = std::variant<shard_lease, lease_holder>;

}  // namespace perdure::history
