#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace perdure::bench {

/// The value below which `share` of them lie; 0 without values. Reorders them.
inline double quantile(std::vector<double>& values, double share) {
    if (values.empty()) return 0;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

}  // namespace perdure::bench
