#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace perdure::bench {

struct suite_options {
    std::string programs;  ///< where perdure and perdure-bench are
    std::string folder;    ///< where databases go for a while
    bool quick = false;
    std::vector<std::string> only;    ///< workloads; empty: all
    std::vector<std::string> stores;  ///< empty: all three
    std::size_t runs = 5;
    std::string postgres;  ///< a connection string; empty: one is made for a while
    std::string results;   ///< where the result is written as JSON and SVG; empty: nowhere
    std::string baseline;  ///< a result to compare with; empty: none
    std::string against;   ///< the folder of another build's programs; empty: none
};

/// What the suite ends with.
inline constexpr int suite_measured = 0;
inline constexpr int suite_failed = 1;        ///< something could not be measured
inline constexpr int suite_uncomparable = 2;  ///< no figure is in both
inline constexpr int suite_regressed = 3;     ///< a figure is worse by more than the noise

/// Measures everything `runs` times, round by round, so that what changes on the machine meanwhile is spread over all; prints a
/// table and, if asked for, a comparison on standard output, and its progress on standard error. Throws std::runtime_error where
/// it cannot begin.
[[nodiscard]] int run_suite(const suite_options& options);

}  // namespace perdure::bench
