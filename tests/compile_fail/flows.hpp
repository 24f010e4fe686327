#pragma once

// What the mistakes about workflow code have in common.

#include <perdure/workflow.hpp>

#include "tests/compile_fail/payloads.hpp"

inline constexpr perdure::activity<"stock.count", int()> count{};
inline constexpr perdure::activity_options quick{.timeouts = perdure::start_to_close(10s)};
