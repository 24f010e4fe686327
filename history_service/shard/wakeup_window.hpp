#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <unordered_map>

#include "api/time.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history {

/// The wake-ups of the near future, one a run, to the nanosecond. What is due after the horizon stays in the store.
class wakeup_window {
  public:
    /// The run is to be looked at then; nothing beyond the horizon is kept. Replaces what was there.
    void arm(run_number run, const std::optional<wall_time>& due);
    /// As `arm`, whatever the horizon: for what was just read from the store.
    void put(const due_run& due);
    void disarm(run_number run) { arm(run, std::nullopt); }

    /// Takes the earliest one that is due.
    [[nodiscard]] std::optional<due_run> take_due(wall_time now);
    [[nodiscard]] std::optional<wall_time> next() const;

    /// Everything due up to here is in memory, once the store was read up to it.
    [[nodiscard]] wall_time horizon() const noexcept { return horizon_; }
    void set_horizon(wall_time horizon) noexcept { horizon_ = horizon; }

    /// The earliest wake-up that is known to lie beyond the horizon.
    [[nodiscard]] const std::optional<wall_time>& beyond() const noexcept { return beyond_; }
    void set_beyond(std::optional<wall_time> due) noexcept { beyond_ = due; }

    [[nodiscard]] std::size_t size() const noexcept { return by_due_.size(); }

  private:
    std::set<due_run> by_due_;
    std::unordered_map<run_number, wall_time> by_run_;
    wall_time horizon_{std::chrono::nanoseconds::min()};
    std::optional<wall_time> beyond_;
};

}  // namespace perdure::history
