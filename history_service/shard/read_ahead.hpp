#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "history_service/shard/background.hpp"
#include "history_service/shard/wakeup_window.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history {

/// The rows of runs that are due soon and not in memory, read beside everything else: their time finds them here, and no
/// wake-up waits for the disk.
///
/// Rows are only as good as nothing has happened to their run since. Whoever brings a run into memory takes them, and what is
/// still on its way about that run is void.
class read_ahead {
  public:
    struct bounds {
        /// How far ahead. 0: nothing is read.
        std::chrono::nanoseconds span{std::chrono::seconds{1}};
        /// Runs that are read at once.
        std::size_t runs = 32;
        /// Nothing more is read while the rows that wait hold this much.
        std::size_t bytes = std::size_t{8} * 1024 * 1024;
    };

    read_ahead(store& rows, background& reads, bounds limits) : rows_(rows), reads_(reads), limits_(limits) {}
    read_ahead(const read_ahead&) = delete;
    read_ahead& operator=(const read_ahead&) = delete;
    ~read_ahead() { *alive_ = false; }

    /// Begins to read what is due next of `window`, without the runs of which `is_known` says that they need no reading. Each
    /// wake-up is looked at once. `read` is called when something came, and may look again.
    void look(const wakeup_window& window, wall_time now, const std::function<bool(run_number)>& is_known,
              std::function<void()> read);

    /// What was read of the run, which is in memory from now on.
    [[nodiscard]] std::optional<loaded_run> take(run_number run);

    /// Of the rows that wait.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

  private:
    void came(std::vector<loaded_run> found);

    store& rows_;
    background& reads_;
    bounds limits_;
    std::unordered_map<run_number, loaded_run> waiting_;
    std::size_t bytes_ = 0;
    /// What is being read and was not brought into memory meanwhile.
    std::unordered_set<run_number> asked_;
    bool busy_ = false;
    /// The last wake-up that was looked at.
    due_run looked_at_{wall_time::min(), 0};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace perdure::history
