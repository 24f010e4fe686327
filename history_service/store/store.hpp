#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/result.hpp"
#include "history_service/store/rows.hpp"
#include "history_service/visibility/filter.hpp"

namespace perdure::history {

/// One page of a list, and where the next one goes on.
struct visibility_page {
    std::vector<visibility_row> rows;
    std::optional<list_cursor> next;
};

struct status_count {
    int status = 0;
    std::int64_t count = 0;

    friend bool operator==(const status_count&, const status_count&) = default;
};

/// The durable state of one shard, in the terms of the domain.
///
/// Errors: `unavailable` when the medium failed (nothing of the request was applied; asking again may succeed),
/// `failed_precondition` for a stale epoch, `aborted` for a journal that does not end where the writer thinks,
/// `data_loss` for stored bytes that fail their check.
///
/// Thread safety: four groups may each be used by one thread at a time, and beside each other: writes (`acquire_lease`,
/// `renew_lease`, `release_lease`, `commit`, `collect_garbage`), lists (`list`, `count`), reads of many (`load_runs`,
/// `current_runs`), and all other reads. A read that begins after a commit returned sees it.
class store {
  public:
    store() = default;
    store(const store&) = delete;
    store& operator=(const store&) = delete;
    virtual ~store() = default;

    /// Makes the caller the shard's only writer: every write under an older epoch is refused from now on. Answers who holds
    /// the lease instead while that is another owner whose time has not run out. An owner's name is of one process only: the
    /// same name takes its own lease again at once.
    ///
    /// Time is that of the store, so that the clocks of servers do not matter. A store that one process has for itself always
    /// grants it, and keeps no time.
    [[nodiscard]] virtual result<lease_answer> acquire_lease(std::string_view owner, std::chrono::milliseconds duration) = 0;
    /// Holds the lease for its whole duration from now on, as each commit does. A lease that ran out and that nobody has taken
    /// is held again.
    [[nodiscard]] virtual result<done> renew_lease(std::int64_t epoch) = 0;
    /// Lets another owner take the lease at once; nothing can be written under this epoch any more.
    [[nodiscard]] virtual result<done> release_lease(std::int64_t epoch) = 0;

    /// Writes the batch durably, all of it or nothing.
    [[nodiscard]] virtual result<done> commit(const commit_batch& batch) = 0;

    /// Removes up to `max_rows` rows of deleted runs; answers how many. 0: there is nothing left to remove.
    [[nodiscard]] virtual result<std::size_t> collect_garbage(std::int64_t epoch, std::size_t max_rows) = 0;

    [[nodiscard]] virtual result<std::optional<run_number>> current_run(std::string_view namespace_name,
                                                                        std::string_view workflow_id) = 0;
    /// What each of the workflow ids means, in their order.
    [[nodiscard]] virtual result<std::vector<std::optional<run_number>>> current_runs(std::span<const workflow_name> names) = 0;
    [[nodiscard]] virtual result<std::optional<run_number>> find_run(const run_key& key) = 0;
    [[nodiscard]] virtual result<std::optional<loaded_run>> load_run(run_number run) = 0;
    /// Those of `runs` that are there, in any order, each as `load_run` has it.
    [[nodiscard]] virtual result<std::vector<loaded_run>> load_runs(std::span<const run_number> runs) = 0;

    /// Records of a run that have events, from the one that holds `first_event_id` on, until they hold `max_events` events
    /// or `max_bytes` bytes; at least one if there is one.
    [[nodiscard]] virtual result<std::vector<journal_record>> read_events(run_number run, std::int64_t first_event_id,
                                                                          std::size_t max_events, std::size_t max_bytes) = 0;
    /// The same backwards: from the record that holds `last_event_id` to older ones, newest first.
    [[nodiscard]] virtual result<std::vector<journal_record>> read_events_reverse(run_number run, std::int64_t last_event_id,
                                                                                  std::size_t max_events,
                                                                                  std::size_t max_bytes) = 0;
    /// All records of a run after `sequence`, at most `limit`.
    [[nodiscard]] virtual result<std::vector<journal_record>> read_journal(run_number run, std::int64_t after_sequence,
                                                                           std::size_t limit) = 0;

    /// Wake-ups up to and including `until`, earliest first, after `after`, at most `limit`.
    [[nodiscard]] virtual result<std::vector<due_run>> due_runs(wall_time until, const std::optional<due_run>& after,
                                                                std::size_t limit) = 0;

    /// What is outstanding on a queue, in order, after `after`, at most `limit`.
    [[nodiscard]] virtual result<std::vector<stored_task>> outstanding_tasks(const queue_key& queue,
                                                                             const std::optional<task_position>& after,
                                                                             std::size_t limit) = 0;
    /// Queues with outstanding tasks, in order of their keys, after `after`, at most `limit`.
    [[nodiscard]] virtual result<std::vector<queue_key>> outstanding_queues(const std::optional<queue_key>& after,
                                                                            std::size_t limit) = 0;

    /// The rows that match, in the filter's order, after `after`, at most `limit`.
    [[nodiscard]] virtual result<visibility_page> list(std::string_view namespace_name, const list_filter& filter,
                                                       const std::optional<list_cursor>& after, std::size_t limit) = 0;
    /// How many rows match, by status; a status without a row is left out.
    [[nodiscard]] virtual result<std::vector<status_count>> count(std::string_view namespace_name, const list_filter& filter) = 0;

    /// Every read is a round trip through a network: too long for a thread that others wait for.
    [[nodiscard]] virtual bool is_remote() const noexcept { return false; }

    /// Ends every call that waits for a medium that is away, now and from now on, with `unavailable`: for a process that
    /// stops. Any thread may call it.
    virtual void interrupt() noexcept {}

    /// All runs by number, after `after`, at most `limit`, each with its visibility row. For checks, not for requests.
    [[nodiscard]] virtual result<std::vector<visibility_row>> scan_runs(run_number after, std::size_t limit) = 0;
    /// Rows that belong to nothing, and damage of the medium, a sentence each. For checks; may read everything.
    [[nodiscard]] virtual result<std::vector<std::string>> check_rows() = 0;
};

}  // namespace perdure::history
