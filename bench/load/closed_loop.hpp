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
    std::vector<double> latencies_ms;  ///< of these
    double seconds = 0;                ///< the measured time
};

/// When a loop measures, and who is told. The callbacks run on the loop's thread, between errands.
struct loop_times {
    std::chrono::milliseconds warm_up{0};
    std::chrono::milliseconds measure{0};
    /// Errands that begin a second, evenly; 0: as many as come to an end. One that has to wait until another ends is late, and
    /// its latency counts from when it was to begin.
    double per_second = 0;
    std::function<void()> on_begin{};  ///< when the warm-up is over
    std::function<void()> on_end{};
};

/// Keeps at most `concurrency` errands under way: whenever one ends, the next begins, or when its time comes; also over the end
/// of the warm-up, so that what is measured is neither a rush at the start nor a lull at the end. Returns when all have ended.
/// One thread, the caller's. Throws std::runtime_error when an errand does.
[[nodiscard]] loop_result closed_loop(std::size_t concurrency, const loop_times& times, const errand& work);

/// So many errands, at most `concurrency` at once, however long they take; all of it is measured.
[[nodiscard]] loop_result run_each(std::size_t count, std::size_t concurrency, const errand& work);

}  // namespace perdure::bench
