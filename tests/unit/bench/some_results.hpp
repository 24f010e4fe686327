#pragma once

#include <string>
#include <vector>

#include "bench/suite/results.hpp"

namespace perdure::bench {

/// order4 on SQLite with a concurrency, as one run reports it.
inline report order4_report(std::size_t concurrency, double per_second, double p50_ms) {
    report made{.workload = "order4", .store = "sqlite"};
    made.parameters = {{"mode", "remote"}, {"concurrency", concurrency}, {"seconds", 5.0}};
    made.add("finished", 1000);
    made.add("workflows_per_second", per_second);
    made.add("p50_ms", p50_ms);
    return made;
}

/// One run of order4 at 32 for each of the rates.
inline results results_with(const std::vector<double>& rates) {
    results made{.date = "2026-01-31", .runs = rates.size()};
    for (const double rate : rates) made.add(order4_report(32, rate, 10));
    return made;
}

}  // namespace perdure::bench
