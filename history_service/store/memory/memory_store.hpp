#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "history_service/store/store.hpp"

namespace perdure::history {

/// A store that forgets everything with its process. For tests, and for servers without a file.
class memory_store final : public store {
  public:
    memory_store() = default;

    [[nodiscard]] result<lease_answer> acquire_lease(std::string_view owner, std::chrono::milliseconds duration) override;
    [[nodiscard]] result<done> renew_lease(std::int64_t epoch) override;
    [[nodiscard]] result<done> release_lease(std::int64_t epoch) override;
    [[nodiscard]] result<done> commit(const commit_batch& batch) override;
    [[nodiscard]] result<std::size_t> collect_garbage(std::int64_t epoch, std::size_t max_rows) override;
    [[nodiscard]] result<std::optional<run_number>> current_run(std::string_view namespace_name,
                                                                std::string_view workflow_id) override;
    [[nodiscard]] result<std::vector<std::optional<run_number>>> current_runs(std::span<const workflow_name> names) override;
    [[nodiscard]] result<std::optional<run_number>> find_run(const run_key& key) override;
    [[nodiscard]] result<std::optional<loaded_run>> load_run(run_number run) override;
    [[nodiscard]] result<std::vector<loaded_run>> load_runs(std::span<const run_number> runs) override;
    [[nodiscard]] result<std::vector<journal_record>> read_events(run_number run, std::int64_t first_event_id,
                                                                  std::size_t max_events, std::size_t max_bytes) override;
    [[nodiscard]] result<std::vector<journal_record>> read_events_reverse(run_number run, std::int64_t last_event_id,
                                                                          std::size_t max_events, std::size_t max_bytes) override;
    [[nodiscard]] result<std::vector<journal_record>> read_journal(run_number run, std::int64_t after_sequence,
                                                                   std::size_t limit) override;
    [[nodiscard]] result<std::vector<due_run>> due_runs(wall_time until, const std::optional<due_run>& after,
                                                        std::size_t limit) override;
    [[nodiscard]] result<std::vector<stored_task>> outstanding_tasks(const queue_key& queue,
                                                                     const std::optional<task_position>& after,
                                                                     std::size_t limit) override;
    [[nodiscard]] result<std::vector<queue_key>> outstanding_queues(const std::optional<queue_key>& after,
                                                                    std::size_t limit) override;
    [[nodiscard]] result<visibility_page> list(std::string_view namespace_name, const list_filter& filter,
                                               const std::optional<list_cursor>& after, std::size_t limit) override;
    [[nodiscard]] result<std::vector<status_count>> count(std::string_view namespace_name, const list_filter& filter) override;
    [[nodiscard]] result<std::vector<visibility_row>> scan_runs(run_number after, std::size_t limit) override;
    [[nodiscard]] result<std::vector<std::string>> check_rows() override;

  private:
    struct run_data {
        run_key key;
        std::vector<journal_record> journal;
        std::optional<run_checkpoint> checkpoint;
        std::optional<wall_time> wakeup;
        visibility_row visibility;
    };
    struct queue_data {
        /// What the row says beyond its place.
        std::map<task_position, std::int32_t> tasks;
    };

    [[nodiscard]] result<done> check(const commit_batch& batch) const;
    [[nodiscard]] std::optional<loaded_run> loaded(run_number run) const;
    void apply(const run_write& write);
    void erase(run_number run);

    mutable std::mutex mutex_;
    std::int64_t epoch_ = 0;
    std::string owner_;
    std::map<run_number, run_data> runs_;
    std::map<run_key, run_number> by_key_;
    std::map<std::pair<std::string, std::string>, run_number> current_;
    std::set<due_run> wakeups_;
    std::map<queue_key, queue_data> queues_;
    /// Like the rows of other stores, what deleted runs leave is removed in pieces; here there is nothing left but a count.
    std::size_t garbage_ = 0;
};

}  // namespace perdure::history
