#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "server/config/options.hpp"
#include "server/log/log.hpp"
#include "server/metrics/metrics.hpp"
#include "server/node/node.hpp"
#include "server/stream/connections.hpp"

namespace perdure::server {

/// The way into the node: moves its clock to now, and sees to what follows from the call when the caller is done.
using node_door = std::function<node&()>;

/// Why the server does not serve, if it does not: what probes and workers are told.
using readiness_check = std::function<std::optional<service_failure>()>;

/// What the connections of one listener share. Lives for as long as one of them does; what it refers to lives until the
/// listener was closed.
struct connection_context {
    node_door enter;
    metrics& measured;
    logger& log;
    connection_limits limits;
    readiness_check why_not_ready;
    connections open{};
    std::size_t workers = 0;
    bool draining = false;
};

}  // namespace perdure::server
