#pragma once

#include <string>
#include <vector>

#include "bench/report/report.hpp"

namespace perdure::bench {

/// Runs `programs`/perdure-bench with these arguments and --json, its output in a file in `folder`, and reads its report. Throws
/// std::runtime_error, with what it said, when it fails.
[[nodiscard]] report run_in_a_process(const std::string& programs, const std::vector<std::string>& arguments,
                                      const std::string& folder);

}  // namespace perdure::bench
