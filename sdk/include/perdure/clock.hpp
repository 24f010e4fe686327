#pragma once

#include <chrono>
#include <string>

namespace perdure {

/// The clock of workflow code. It has no now(): only `context::now()` and `view::now()` know the time, which is that of the
/// workflow task and the same in every replay. Mixing it with another clock takes a visible conversion.
struct workflow_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<workflow_clock>;
    static constexpr bool is_steady = false;

    /// Counts from the same moment as the system clock.
    [[nodiscard]] static std::chrono::sys_time<duration> to_sys(time_point time) noexcept {
        return std::chrono::sys_time<duration>(time.time_since_epoch());
    }
    [[nodiscard]] static time_point from_sys(std::chrono::sys_time<duration> time) noexcept {
        return time_point(time.time_since_epoch());
    }
};

/// A moment as workflow code sees it.
using time_point = workflow_clock::time_point;

/// As in 2026-11-21T10:00:00.250Z, in UTC with milliseconds where there are any.
[[nodiscard]] std::string to_text(time_point time);

}  // namespace perdure
