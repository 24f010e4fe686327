#pragma once

#include <map>
#include <string>
#include <string_view>

namespace perdure::bench {

/// Reads Prometheus's text form: each series under its name with its labels as they stand there, and under the name alone the
/// sum over all labels. Lines that are none of its are passed over.
[[nodiscard]] std::map<std::string, double> sums_of_metrics(std::string_view text);

}  // namespace perdure::bench
