#pragma once

#include <chrono>
#include <cstdint>

namespace perdure {

/// Wall-clock time as histories keep it. Rules work in milliseconds; events keep what the clock gave.
using wall_time = std::chrono::sys_time<std::chrono::nanoseconds>;
using milliseconds = std::chrono::milliseconds;

}  // namespace perdure
