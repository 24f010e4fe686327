#pragma once

#include <array>
#include <string_view>

namespace perdure::bench {

/// The same workload on a machine of the same class (2 cores, durable commits), as recorded.
struct peer {
    std::string_view name;
    double p50_ms_at_1;
    double per_second_at_32;
    double per_second_at_256;
};

inline constexpr std::array peers{
    peer{"Restate 1.7 (remote)", 28.2, 117, 178},
    peer{"DBOS 5.3", 9.3, 257, 268},
    peer{"Temporal 1.30 on PostgreSQL", 85, 26, 24},
};
/// Restate with its tuned settings, at 256 concurrent workflows.
inline constexpr double restate_tuned_at_256 = 300;

}  // namespace perdure::bench
