#pragma once

#include "api/time.hpp"
#include "history_service/engine/limits.hpp"

#include <string>

namespace perdure::history {

/// Where new run ids and request ids come from: random UUIDs in a server, counted ones in tests.
class id_source {
  public:
    id_source() = default;
    id_source(const id_source&) = delete;
    id_source& operator=(const id_source&) = delete;
    virtual ~id_source() = default;

    /// Never the same twice.
    virtual std::string next() = 0;
};

/// Everything an input's effect depends on besides the state. The engine reads no clock and no random source.
struct environment {
    wall_time now;
    id_source& ids;
    const limits& bounds;
};

}  // namespace perdure::history
