#pragma once

#include <optional>
#include <string>

#include "bench/suite/results.hpp"

namespace perdure::bench {

/// The share of the store's own limit that was reached, 1 being all: records a second over the rows a second that the database
/// makes durable at the same batch size. Nothing for memory, and where the limits were not measured.
[[nodiscard]] std::optional<double> share_of_limit(const series& one, const results& in);

/// For order4: how many times as good as the fastest peer's recorded figure, by latency at 1, else by throughput.
[[nodiscard]] std::optional<double> times_fastest_peer(const series& one);

/// All of it for a terminal: the limits, then a block for each measurement with a column for each store.
[[nodiscard]] std::string to_table(const results& from);

}  // namespace perdure::bench
