#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace perdure::bench {

/// What a workload is asked to do. Where 0 stands for a number, the workload has its own.
struct settings {
    std::string store = "sqlite";            ///< "sqlite", "memory" or a connection string of PostgreSQL
    std::string mode = "remote";             ///< order4 alone: "embedded" has server and worker in this process
    std::string target = "one";              ///< signals alone: "one" run or "many"
    bool plain = false;                      ///< no call sites, replays compare as Temporal's do
    std::size_t concurrency = 0;             ///< what is under way at once
    std::size_t count = 0;                   ///< how many of what the workload is about
    std::chrono::milliseconds span{60'000};  ///< timers alone: the time over which they are due
    double beside_per_second = 0;            ///< timers alone: orders that begin beside; 0: as many as come to an end
    std::chrono::milliseconds warm_up{1'000};
    std::chrono::milliseconds measure{10'000};
    std::string folder;    ///< where the database goes; the flush is measured there too
    std::string programs;  ///< where `perdure` is
};

/// `wanted`, or `otherwise` where that is 0.
[[nodiscard]] constexpr std::size_t or_default(std::size_t wanted, std::size_t otherwise) noexcept {
    return wanted != 0 ? wanted : otherwise;
}

}  // namespace perdure::bench
