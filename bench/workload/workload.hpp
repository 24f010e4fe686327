#pragma once

#include <span>
#include <string_view>

#include "bench/report/report.hpp"
#include "bench/stage/settings.hpp"

namespace perdure::bench {

/// One thing that is measured: runs in a folder that exists and that nobody else uses. Throws std::runtime_error when something
/// does not come up, a workflow fails, or not all of what was asked for happened.
struct workload {
    std::string_view name;
    std::string_view about;
    report (*run)(const settings& wanted);
};

[[nodiscard]] std::span<const workload> workloads() noexcept;

[[nodiscard]] report run_limits(const settings& wanted);
[[nodiscard]] report run_order4(const settings& wanted);
[[nodiscard]] report run_payload(const settings& wanted);
[[nodiscard]] report run_start(const settings& wanted);
[[nodiscard]] report run_signals(const settings& wanted);
[[nodiscard]] report run_fanout(const settings& wanted);
[[nodiscard]] report run_long(const settings& wanted);
[[nodiscard]] report run_timers(const settings& wanted);
[[nodiscard]] report run_naps(const settings& wanted);
[[nodiscard]] report run_mixed(const settings& wanted);
[[nodiscard]] report run_recovery(const settings& wanted);
[[nodiscard]] report run_idle(const settings& wanted);

}  // namespace perdure::bench
