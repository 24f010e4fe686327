#pragma once

// Workflows that only sleep.

#include <atomic>
#include <boost/describe/class.hpp>
#include <cstddef>
#include <perdure/contract.hpp>
#include <perdure/worker.hpp>
#include <vector>

namespace perdure::bench {

struct NapPlan {
    int count = 0;
    int milliseconds = 0;
};
BOOST_DESCRIBE_STRUCT(NapPlan, (), (count, milliseconds))

/// Sleeps as planned; answers how long each nap took, in milliseconds.
struct Naps : contract<Naps, "bench.naps", std::vector<double>(NapPlan)> {};

/// Sleeps for so many hours.
struct LongSleep : contract<LongSleep, "bench.long_sleep", void(int)> {};

/// Registers both. `asleep` counts the long sleeps that were begun.
void add_naps(worker& to, std::atomic<std::size_t>& asleep);

}  // namespace perdure::bench
