#pragma once

#include <cmath>
#include <iomanip>
#include <sstream>
#include <string>

namespace perdure::bench {

/// A number with so many digits behind the point.
inline std::string rounded(double value, int digits) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(digits) << value;
    return out.str();
}

/// A number with about three digits that mean something.
inline std::string readable(double value) {
    const double size = std::abs(value);
    if (size == 0 || size >= 100) return rounded(value, 0);
    return rounded(value, size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

}  // namespace perdure::bench
