#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history_service/store/postgres/session.hpp"
#include "history_service/store/rows.hpp"
#include "history_service/store/sql/record_page.hpp"

namespace perdure::history::postgres {

/// The reading half of the store, lists apart; each function costs one round trip unless its answer is long. Functions throw
/// `error`.
class reader {
  public:
    reader(session& from, std::chrono::milliseconds limit) : session_(from), limit_(limit) {}

    [[nodiscard]] std::optional<run_number> current_run(std::string_view namespace_name, std::string_view workflow_id);
    [[nodiscard]] std::vector<std::optional<run_number>> current_runs(std::span<const workflow_name> names);
    [[nodiscard]] std::optional<run_number> find_run(const run_key& key);
    [[nodiscard]] std::optional<loaded_run> load_run(run_number run);
    [[nodiscard]] std::vector<loaded_run> load_runs(std::span<const run_number> runs);
    [[nodiscard]] std::vector<journal_record> read_events(run_number run, std::int64_t first_event_id, std::size_t max_events,
                                                          std::size_t max_bytes);
    [[nodiscard]] std::vector<journal_record> read_events_reverse(run_number run, std::int64_t last_event_id,
                                                                  std::size_t max_events, std::size_t max_bytes);
    [[nodiscard]] std::vector<journal_record> read_journal(run_number run, std::int64_t after_sequence, std::size_t limit);
    [[nodiscard]] std::vector<due_run> due_runs(wall_time until, const std::optional<due_run>& after, std::size_t limit);
    [[nodiscard]] std::vector<stored_task> outstanding_tasks(const queue_key& queue, const std::optional<task_position>& after,
                                                             std::size_t limit);
    [[nodiscard]] std::vector<queue_key> outstanding_queues(const std::optional<queue_key>& after, std::size_t limit);
    [[nodiscard]] std::vector<std::string> check_rows();

  private:
    [[nodiscard]] answer ask(const statement& what, const parameters& with);
    [[nodiscard]] std::int64_t row_with_event(run_number run, std::int64_t event_id);
    [[nodiscard]] std::vector<journal_record> fill(record_page page, run_number run);

    session& session_;
    std::chrono::milliseconds limit_;
};

}  // namespace perdure::history::postgres
