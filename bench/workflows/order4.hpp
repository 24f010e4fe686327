#pragma once

// The workload that the peers' recorded figures are of: four activities one after the other, 100 bytes in and 100 bytes out.

#include <perdure/contract.hpp>
#include <perdure/worker.hpp>
#include <string>

namespace perdure::bench {

inline constexpr std::size_t payload_bytes = 100;

inline constexpr activity<"bench.step", std::string(std::string)> step{};

struct Order4 : contract<Order4, "bench.order4", std::string(std::string)> {};

/// Registers the workflow and its activity, which returns its input at once.
void add_order4(worker& to);

}  // namespace perdure::bench
