#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "history_service/store/rows.hpp"

namespace perdure::history {

/// Batches that follow each other as one, with what they say together of each run: what came and went in between is gone.
///
/// Thread safety: as of the standard containers.
class batch_fold {
  public:
    /// The batch is well formed and goes on where the ones before it ended.
    void add(commit_batch batch);

    [[nodiscard]] bool empty() const noexcept { return batches_ == 0; }

    // --- What it says ------------------------------------------------------------------------------------------------
    [[nodiscard]] bool mentions(run_number run) const { return runs_.contains(run) || deleted_.contains(run); }
    [[nodiscard]] bool deletes(run_number run) const { return deleted_.contains(run); }
    /// The last sequence of the run's journal, where it says something of the run.
    [[nodiscard]] std::optional<std::int64_t> journal_end(run_number run) const;
    /// The run that it makes under this name, deleted or not.
    [[nodiscard]] std::optional<run_number> created(const run_key& key) const;
    /// What the workflow id means, where it says something of it.
    [[nodiscard]] std::optional<std::optional<run_number>> current_run(std::string_view namespace_name,
                                                                       std::string_view workflow_id) const;
    // --- What is to be written: the runs first, then what ids mean, then what is deleted ---------------------------------
    [[nodiscard]] const std::map<run_number, run_write>& runs() const noexcept { return runs_; }
    [[nodiscard]] const std::map<workflow_name, std::optional<run_number>>& current_runs() const noexcept { return current_; }
    [[nodiscard]] const std::set<run_number>& deleted() const noexcept { return deleted_; }

  private:
    void add(run_write write);

    std::map<run_number, run_write> runs_;
    std::map<workflow_name, std::optional<run_number>> current_;
    std::set<run_number> deleted_;
    std::map<run_key, run_number> created_;
    std::size_t batches_ = 0;
};

}  // namespace perdure::history
