#pragma once

#include <string>

#include "bench/load/closed_loop.hpp"
#include "bench/report/report.hpp"
#include "bench/stage/stage.hpp"

namespace perdure::bench {

/// "sqlite", "memory" or "postgres".
[[nodiscard]] std::string kind_of_store(const std::string& store);

/// A report with what every workload says first.
[[nodiscard]] report begin_report(std::string_view workload, const settings& wanted);

/// Adds what all processes spent between two samples on so many workflows, of so many steps each, and the memory of the server
/// at the end. A step is something that others are told: the answer to a start, an activity that is given to a worker, a
/// result. It has to be durable before, so that a step is the least that can need a flush.
void add_spent(report& to, const sample& before, const sample& after, std::size_t workflows, double steps_each);

/// A loop, closed unless it is given a pace, with what all processes used while it was measured.
struct measured_loop {
    loop_result done;
    sample before;
    sample after;
};

/// Throws std::runtime_error when nothing finished within the measured time, too.
[[nodiscard]] measured_loop measure_loop(const stage& on, std::size_t concurrency, std::chrono::milliseconds warm_up,
                                         std::chrono::milliseconds measure, const errand& work, double per_second = 0);

}  // namespace perdure::bench
