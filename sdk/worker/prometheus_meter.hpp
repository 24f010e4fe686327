#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sdk/worker/core/meter.hpp"

namespace perdure::detail {

/// Serves Temporal's SDK metrics for Prometheus at 127.0.0.1. Workers of one process that ask for the same port share it.
/// Throws std::runtime_error, naming the port, when it cannot be bound.
[[nodiscard]] std::shared_ptr<meter> make_prometheus_meter(std::uint16_t port, const std::string& space,
                                                           const std::string& task_queue);

}  // namespace perdure::detail
