#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace perdure::server {

/// Upper bounds of the buckets of latencies, in seconds.
inline constexpr std::array<double, 16> latency_bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                       0.25,   0.5,   1,      2.5,   5,    10,    30,   60};
/// Upper bounds of the buckets of sizes and counts.
inline constexpr std::array<double, 15> count_bounds{1,   2,    4,    8,     16,    32,      64,      128,
                                                     256, 1024, 4096, 16384, 65536, 1048576, 16777216};

/// A histogram of one thread: what is counted a thousand times a second costs neither a lock nor a look-up. A scrape takes
/// it over by `metrics::take_over`.
template <const auto& bounds>
struct tally {
    std::array<std::uint64_t, std::size(bounds) + 1> buckets{};
    double sum = 0;

    void add(double value) {
        const auto at = std::ranges::lower_bound(bounds, value);
        ++buckets[static_cast<std::size_t>(at - bounds.begin())];
        sum += value;
    }
    [[nodiscard]] std::uint64_t count() const {
        std::uint64_t all = 0;
        for (const std::uint64_t bucket : buckets) all += bucket;
        return all;
    }
};

using latency_tally = tally<latency_bounds>;
using count_tally = tally<count_bounds>;

}  // namespace perdure::server
