#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "history_service/store/batch_fold.hpp"
#include "history_service/store/rows.hpp"
#include "history_service/store/sqlite/connection.hpp"

namespace perdure::history::sqlite {

/// Writes the tables. Functions throw `error` and then have changed nothing.
class writer {
  public:
    explicit writer(connection& db);

    [[nodiscard]] shard_lease acquire_lease(std::string_view owner);
    /// Answers the next epoch, which belongs to nobody.
    [[nodiscard]] std::int64_t release_lease();
    /// Writes what the commits up to `last_sequence` say, and that they are in the tables. Each of them was checked.
    void apply(const batch_fold& commits, std::int64_t last_sequence);
    [[nodiscard]] std::size_t collect_garbage(std::size_t max_rows);

  private:
    void begin_epoch(std::string_view owner);
    void create(const run_write& write);
    void append(const run_write& write);
    void append_row(run_number run, std::span<const journal_record> records);
    void change(const run_write& write);
    void update_visibility(const visibility_row& row);
    void insert_attributes(const visibility_row& row);
    void point(const workflow_name& name, std::optional<run_number> run);
    void erase(run_number run);

    connection& db_;
    statement epoch_;
    statement insert_run_;
    statement update_run_;
    statement delete_attributes_;
    statement insert_attribute_;
    statement last_sequence_;
    statement insert_records_;
    statement put_checkpoint_;
    statement put_wakeup_;
    statement delete_wakeup_;
    statement insert_task_;
    statement delete_task_;
    statement put_current_;
    statement delete_current_;
    statement delete_run_;
    statement delete_checkpoint_;
    statement insert_garbage_;
    statement put_applied_;
};

}  // namespace perdure::history::sqlite
