#pragma once

#include <map>
#include <string>
#include <string_view>

namespace perdure::bench {

/// Reads Prometheus's text form: the sum over all labels of each name. Lines that are none of its are passed over.
[[nodiscard]] std::map<std::string, double> sums_of_metrics(std::string_view text);

}  // namespace perdure::bench
