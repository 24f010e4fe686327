#pragma once

#include <array>
#include <string>
#include <vector>

namespace perdure::bench {

/// What a workload can be measured on, in the order of tables.
inline constexpr std::array store_names{"sqlite", "memory", "postgres"};

/// One measurement of the suite: arguments of perdure-bench, but for the store.
struct planned {
    std::vector<std::string> arguments;  ///< the workload is the first
    std::string store;                   ///< "sqlite", "memory" or "postgres"
};

struct plan_options {
    bool quick = false;
    std::vector<std::string> only;    ///< workloads; empty: all
    std::vector<std::string> stores;  ///< empty: all three
};

/// What is measured in one round, in this order; the limits of the machine come first, whatever is asked for. Throws
/// std::invalid_argument for a workload that the suite does not have.
[[nodiscard]] std::vector<planned> make_plan(const plan_options& options);

}  // namespace perdure::bench
