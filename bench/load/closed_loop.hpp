#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace perdure::bench {

/// One piece of work; given its number, 0, 1, ... What it throws ends the loop.
using errand = std::function<boost::asio::awaitable<void>(std::size_t number)>;

struct loop_result {
    std::size_t finished = 0;          ///< within the measured time
    std::size_t completed = 0;         ///< these, and those that were under way when it was over
    std::vector<double> latencies_ms;  ///< of those within
    double seconds = 0;                ///< the measured time
};

/// Keeps `concurrency` errands under way for so long: whenever one ends, the next begins. One thread, the caller's. Throws
/// std::runtime_error when an errand does.
[[nodiscard]] loop_result closed_loop(std::size_t concurrency, std::chrono::milliseconds measure, const errand& work);

/// The same for `count` errands, however long they take.
[[nodiscard]] loop_result run_each(std::size_t count, std::size_t concurrency, const errand& work);

}  // namespace perdure::bench
