#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <unordered_map>

#include "api/time.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history {

/// The wake-ups of runs that are known in memory, earliest first: those of the near future, and those of cached runs.
///
/// A wake-up is one number a run. What is due after the horizon and belongs to no cached run stays in the store. Any change
/// costs the logarithm of what is here; moving the horizon costs what lies between the old one and the new one.
class wakeup_window {
  public:
    /// The run, which is cached, is to be looked at then. Replaces what was there.
    void arm(run_number run, const std::optional<wall_time>& due);
    /// The same for a run that is not cached, and was just read from the store.
    void put(const due_run& due) { arm(due.run, due.due); }
    void disarm(run_number run) { arm(run, std::nullopt); }
    /// The run left the cache: unless it is near, the store alone knows of it.
    void leave(run_number run);

    /// Takes the earliest one that is due.
    [[nodiscard]] std::optional<due_run> take_due(wall_time now);
    [[nodiscard]] std::optional<wall_time> next() const;
    /// Calls `visit(wake-up)` with those after `after` and up to `until`, earliest first, until it answers false.
    template <class Visit>
    void visit_after(const due_run& after, wall_time until, Visit&& visit) const {
        for (auto at = by_due_.upper_bound(after); at != by_due_.end() && at->due <= until && visit(*at); ++at) continue;
    }

    /// Everything due up to here is in memory, once the store was read up to it.
    [[nodiscard]] wall_time horizon() const noexcept { return horizon_; }
    void set_horizon(wall_time horizon);

    /// The earliest wake-up that is known to be in the store alone.
    [[nodiscard]] const std::optional<wall_time>& beyond() const noexcept { return beyond_; }
    void set_beyond(std::optional<wall_time> due) noexcept { beyond_ = due; }

    /// How many are due up to the horizon.
    [[nodiscard]] std::size_t near() const noexcept { return near_; }
    [[nodiscard]] std::size_t size() const noexcept { return by_due_.size(); }

  private:
    std::set<due_run> by_due_;
    std::unordered_map<run_number, wall_time> by_run_;
    wall_time horizon_{std::chrono::nanoseconds::min()};
    std::size_t near_ = 0;
    std::optional<wall_time> beyond_;
};

}  // namespace perdure::history
