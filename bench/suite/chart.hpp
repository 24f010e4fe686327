#pragma once

#include <string>
#include <vector>

#include "bench/suite/results.hpp"

namespace perdure::bench {

struct bar {
    std::string name;
    double value = 0;
    bool ours = false;
};

/// Bars beside one another in their order, each with its number. Bars without a value are left out.
struct panel {
    std::string title;  ///< with the unit, and what is better
    std::vector<bar> bars;
};

/// What the documentation shows of a result: order4 on each store beside the recorded peers. A panel without a bar of ours is
/// left out.
[[nodiscard]] std::vector<panel> panels_of(const results& from);

/// The panels below one another as an SVG image, readable on a light and on a dark page. `caption` stands at the bottom.
[[nodiscard]] std::string to_svg(const std::vector<panel>& panels, const std::string& caption);

}  // namespace perdure::bench
