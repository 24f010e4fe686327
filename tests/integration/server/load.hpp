#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace perdure::server {

/// What became of one request of a load.
struct shot {
    int status = 0;
    /// From when it was sent.
    double waited_ms = 0;
    bool told_when_to_come_back = false;
    std::string body;
};

/// Requests from some connections. One thread serves them all: many would wait for each other, and one could not tell that
/// from waiting for the server.
struct load {
    std::size_t connections = 16;
    /// All connections together; 0: each asks again as soon as it is answered.
    double per_second = 0;
    std::chrono::milliseconds lasts{1'000};
    /// Makes the target and the body of a POST.
    std::function<std::pair<std::string, std::string>(std::size_t number)> request;
    std::string media_type = "application/json";
};

/// Runs the load and answers what was due after `from`.
[[nodiscard]] std::vector<shot> fire(std::uint16_t port, const load& wanted, std::chrono::milliseconds from = {});

inline std::size_t count_status(const std::vector<shot>& shots, int status) {
    return static_cast<std::size_t>(std::ranges::count(shots, status, &shot::status));
}

/// The wait that this part of those with status 200 did not exceed.
inline double quantile_of_served(const std::vector<shot>& shots, double part) {
    std::vector<double> waits;
    for (const shot& one : shots)
        if (one.status == 200) waits.push_back(one.waited_ms);
    if (waits.empty()) return 0;
    std::ranges::sort(waits);
    return waits[std::min(waits.size() - 1, static_cast<std::size_t>(part * static_cast<double>(waits.size())))];
}

}  // namespace perdure::server
