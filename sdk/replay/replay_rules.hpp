#pragma once

#include <perdure/replay_level.hpp>

namespace perdure::detail {

/// How strictly a history is compared with the commands of the code.
struct replay_rules {
    replay_level level = replay_level::commands;
    /// Compare also how the run ended. A worker need not: what has ended is replayed for queries alone.
    bool ends = false;
    /// Note with each new command where in the source it was made.
    bool record_sites = true;
};

}  // namespace perdure::detail
