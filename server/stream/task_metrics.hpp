#pragma once

#include "api/proto.hpp"
#include "server/metrics/metrics.hpp"

namespace perdure::server {

/// Counts the tasks that travel to a worker in a frame, and how long each has waited.
void measure_tasks(const pb::worker::FromServer& frame, metrics& measured);

}  // namespace perdure::server
