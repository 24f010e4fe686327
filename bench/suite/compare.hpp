#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/suite/results.hpp"

namespace perdure::bench {

enum class verdict : std::uint8_t { same, better, worse };

/// One figure, before and after.
struct change {
    std::string title;
    std::string store;
    std::string figure;
    double before = 0;  ///< medians
    double after = 0;
    /// By how much the figure grew, of what it was: 0.1 is a tenth more.
    double growth = 0;
    /// Growth up to here, up or down, tells nothing.
    double noise = 0;
    bench::verdict verdict = verdict::same;
};

enum class pairing : std::uint8_t {
    none,    ///< two results of their own: the noise is what the runs of both scatter
    by_turn  ///< run by run in turn: the ratios of the pairs are compared, and the noise is what these scatter
};

/// Every figure that can be better or worse and that both have. The noise is at least 5 %, and 30 % where there are fewer than
/// three runs, which tell nothing of it; a difference below what the unit can tell is none.
[[nodiscard]] std::vector<change> compare(const results& before, const results& after, pairing pairs);

/// A line for each figure that is worse or better, the worse ones first, and what was not in both.
[[nodiscard]] std::string to_text(const std::vector<change>& changes);

}  // namespace perdure::bench
