#pragma once

#include <cstdint>
#include <unordered_map>

#include "history_service/store/rows.hpp"
#include "history_service/store/sqlite/backlog.hpp"
#include "history_service/store/sqlite/connection.hpp"

namespace perdure::history::sqlite {

/// Says whether a batch goes on where what was committed ends, so that what is in the log can always be applied. One thread at
/// a time.
class commit_checks {
  public:
    /// `tables` is a connection of its own; both outlive it.
    commit_checks(connection& tables, const backlog& pending);

    /// Throws `error` for a batch that must not be committed: `aborted` when a run's journal ends elsewhere, or when the run is
    /// there already.
    void check(const commit_batch& batch);
    /// The batch was committed.
    void remember(const commit_batch& batch);

  private:
    void check_new(const run_write& write);
    [[nodiscard]] bool is_known(run_number run);
    [[nodiscard]] std::int64_t journal_end(run_number run);

    const backlog& pending_;
    statement find_key_;
    statement find_run_;
    statement last_sequence_;
    /// Runs with higher numbers are not there.
    run_number highest_run_;
    /// The last sequence of the journals that were written lately: nobody else writes, so they need not be looked up again.
    std::unordered_map<run_number, std::int64_t> journal_ends_;
};

}  // namespace perdure::history::sqlite
