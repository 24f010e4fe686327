#pragma once

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

}  // namespace perdure::bench
