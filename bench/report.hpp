#pragma once

#include <string>
#include <vector>

#include "bench/run/order4_run.hpp"

namespace perdure::bench {

[[nodiscard]] std::string as_json(const order4_report& report);
[[nodiscard]] std::string as_text(const order4_report& report);

/// Perdure at 1, 32 and 256 beside the peers' recorded figures, and beside this machine's flush.
[[nodiscard]] std::string comparison(const std::vector<order4_report>& reports);

}  // namespace perdure::bench
