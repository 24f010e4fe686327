#pragma once

#include <ostream>

#include "cli/session.hpp"

namespace perdure::cli {

/// Where a run of the program reads from and writes to.
struct surroundings {
    std::ostream& out;
    std::ostream& err;
    connector connect;
    /// Whether a person looks at `out`: decides about colour.
    bool terminal = false;
};

/// Runs one command line; what is returned is the exit status. Never throws.
[[nodiscard]] int run(int argc, const char* const* argv, const surroundings& where) noexcept;

}  // namespace perdure::cli
