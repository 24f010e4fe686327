#pragma once

#include <array>
#include <string_view>

namespace perdure::bench {

/// order4 on a machine of the same class (2 cores, durable commits), as recorded. 0: not recorded.
struct peer {
    std::string_view name;
    double p50_ms_at_1;
    double per_second_at_32;
    double per_second_at_256;
    double cpu_ms_at_256;  ///< a workflow, of all processes
};

inline constexpr std::array peers{
    peer{"Restate 1.7", 28.2, 117, 178, 0},
    peer{"Restate 1.7 (tuned)", 0, 211, 300, 5.9},
    peer{"DBOS 5.3", 9.3, 257, 268, 6.0},
    peer{"Temporal 1.30 on PostgreSQL", 85, 26, 24, 78},
};

}  // namespace perdure::bench
