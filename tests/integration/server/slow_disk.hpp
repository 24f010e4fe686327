#pragma once

#include <chrono>
#include <cstddef>

namespace perdure::server::slow_disk {

/// From now on every flush of this process takes so much longer.
void flushes_take(std::chrono::milliseconds longer);
/// Only the next one.
void next_flush_takes(std::chrono::milliseconds longer);
/// Flushes since the process began.
[[nodiscard]] std::size_t flushes();

}  // namespace perdure::server::slow_disk
