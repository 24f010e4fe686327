#pragma once

#include "api/time.hpp"
#include "matching/types.hpp"

namespace perdure::server {

/// Makes a clock that never goes back out of the wall clock that the node is given: a step back counts as no time.
///
/// Deadlines of what lives only in memory (polls, windows, retries) are kept on it, so that a clock that is set back by an
/// hour does not make a poll an hour longer.
class node_clock {
  public:
    explicit node_clock(wall_time now) : wall_(now) {}

    void advance(wall_time now) {
        if (now > wall_) steady_ += now - wall_;
        wall_ = now;
    }

    [[nodiscard]] wall_time wall() const noexcept { return wall_; }
    [[nodiscard]] matching::instant steady() const noexcept { return steady_; }
    /// The wall time at `at`, if no clock is set meanwhile.
    [[nodiscard]] wall_time wall_at(matching::instant at) const { return wall_ + (at - steady_); }
    /// When `time` was, or will be, on the steady clock.
    [[nodiscard]] matching::instant steady_at(wall_time time) const { return steady_ + (time - wall_); }

  private:
    wall_time wall_;
    matching::instant steady_{};
};

}  // namespace perdure::server
