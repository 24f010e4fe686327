#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "history_service/store/store.hpp"

namespace perdure::history {

/// Passes everything on, counts it, and fails on demand.
class watched_store final : public store {
  public:
    explicit watched_store(store& inner) : inner_(inner) {}

    int commits = 0;
    int loads = 0;
    int event_reads = 0;
    /// Runs that were read before their time.
    int loads_ahead = 0;
    /// What an id means, asked for one; and for many: how often, and for how many.
    int id_reads = 0;
    int id_lookups = 0;
    int ids_looked_up = 0;
    /// It counts as a store behind a network.
    bool remote = false;
    /// Questions for many ids fail with this while it is set.
    std::optional<service_failure> lookup_failure;
    /// Bytes that the last commit wrote: records, checkpoints and list rows.
    std::size_t last_bytes = 0;
    std::size_t bytes = 0;
    std::size_t last_runs = 0;
    /// Runs that commits wrote, each once a commit.
    std::size_t run_writes = 0;
    /// Commits fail with this while it is set.
    std::optional<service_failure> commit_failure;
    /// Reads of runs fail with this while it is set.
    std::optional<service_failure> load_failure;
    /// So many searches for wake-ups fail.
    int due_failures = 0;
    /// The commit is made, and its success is not told.
    bool lose_answer = false;

    result<lease_answer> acquire_lease(std::string_view owner, std::chrono::milliseconds duration) override {
        return inner_.acquire_lease(owner, duration);
    }
    result<done> renew_lease(std::int64_t epoch) override { return inner_.renew_lease(epoch); }
    result<done> release_lease(std::int64_t epoch) override { return inner_.release_lease(epoch); }
    result<done> commit(const commit_batch& batch) override {
        ++commits;
        if (commit_failure) return *commit_failure;
        last_runs = batch.runs.size();
        run_writes += last_runs;
        last_bytes = 0;
        for (const run_write& write : batch.runs) {
            for (const journal_record& record : write.records) last_bytes += record.bytes.size();
            if (write.checkpoint) last_bytes += write.checkpoint->bytes.size();
            if (write.visibility) last_bytes += write.visibility->info.size();
        }
        bytes += last_bytes;
        auto committed = inner_.commit(batch);
        if (lose_answer) return service_failure{status_code::unavailable, "the answer was lost"};
        return committed;
    }
    result<std::size_t> collect_garbage(std::int64_t epoch, std::size_t rows) override {
        return inner_.collect_garbage(epoch, rows);
    }
    result<std::optional<run_number>> current_run(std::string_view space, std::string_view id) override {
        ++id_reads;
        return inner_.current_run(space, id);
    }
    result<std::vector<std::optional<run_number>>> current_runs(std::span<const workflow_name> names) override {
        ++id_lookups;
        ids_looked_up += static_cast<int>(names.size());
        if (lookup_failure) return *lookup_failure;
        return inner_.current_runs(names);
    }
    [[nodiscard]] bool is_remote() const noexcept override { return remote; }
    result<std::optional<run_number>> find_run(const run_key& key) override { return inner_.find_run(key); }
    result<std::optional<loaded_run>> load_run(run_number run) override {
        ++loads;
        if (load_failure) return *load_failure;
        return inner_.load_run(run);
    }
    result<std::vector<loaded_run>> load_runs(std::span<const run_number> runs) override {
        loads_ahead += static_cast<int>(runs.size());
        if (load_failure) return *load_failure;
        return inner_.load_runs(runs);
    }
    result<std::vector<journal_record>> read_events(run_number run, std::int64_t first, std::size_t events,
                                                    std::size_t size) override {
        ++event_reads;
        return inner_.read_events(run, first, events, size);
    }
    result<std::vector<journal_record>> read_events_reverse(run_number run, std::int64_t last, std::size_t events,
                                                            std::size_t size) override {
        return inner_.read_events_reverse(run, last, events, size);
    }
    result<std::vector<journal_record>> read_journal(run_number run, std::int64_t after, std::size_t limit) override {
        return inner_.read_journal(run, after, limit);
    }
    result<std::vector<due_run>> due_runs(wall_time until, const std::optional<due_run>& after, std::size_t limit) override {
        if (due_failures > 0) {
            --due_failures;
            return service_failure{status_code::unavailable, "the disk is slow"};
        }
        return inner_.due_runs(until, after, limit);
    }
    result<std::vector<stored_task>> outstanding_tasks(const queue_key& queue, const std::optional<task_position>& after,
                                                       std::size_t limit) override {
        return inner_.outstanding_tasks(queue, after, limit);
    }
    result<std::vector<queue_key>> outstanding_queues(const std::optional<queue_key>& after, std::size_t limit) override {
        return inner_.outstanding_queues(after, limit);
    }
    result<visibility_page> list(std::string_view space, const list_filter& filter, const std::optional<list_cursor>& after,
                                 std::size_t limit) override {
        return inner_.list(space, filter, after, limit);
    }
    result<std::vector<status_count>> count(std::string_view space, const list_filter& filter) override {
        return inner_.count(space, filter);
    }
    result<std::vector<visibility_row>> scan_runs(run_number after, std::size_t limit) override {
        return inner_.scan_runs(after, limit);
    }
    result<std::vector<std::string>> check_rows() override { return inner_.check_rows(); }

  private:
    store& inner_;
};

}  // namespace perdure::history
