#pragma once

#include <cstdint>

namespace perdure::history {

/// What became of answers to foreseen workflow tasks, since the shard began.
struct foreseen_figures {
    std::uint64_t taken = 0;
    std::uint64_t passed_over = 0;
};

}  // namespace perdure::history
