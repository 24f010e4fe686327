#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "history_service/store/rows.hpp"
#include "history_service/store/sqlite/connection.hpp"

namespace perdure::history::sqlite {

/// The writing half of the store. Functions throw `error` and then have changed nothing.
class writer {
  public:
    explicit writer(connection& db);

    [[nodiscard]] shard_lease acquire_lease(std::string_view owner);
    void renew_lease(std::int64_t epoch);
    void release_lease(std::int64_t epoch);
    void commit(const commit_batch& batch);
    [[nodiscard]] std::size_t collect_garbage(std::int64_t epoch, std::size_t max_rows);

  private:
    void check_file();
    void check_epoch(std::int64_t epoch);
    void begin_epoch(std::string_view owner);
    void create(const run_write& write);
    void append(const run_write& write);
    [[nodiscard]] std::int64_t journal_end(const run_write& write);
    void change(const run_write& write);
    void update_visibility(const visibility_row& row);
    void insert_attributes(const visibility_row& row);
    void point(const current_run_write& write);
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
    /// The last sequence of the journals that were written lately: nobody else writes, so they need not be looked up again.
    std::unordered_map<run_number, std::int64_t> journal_ends_;
};

}  // namespace perdure::history::sqlite
