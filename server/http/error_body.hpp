#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "api/result.hpp"

namespace perdure::server {

/// The HTTP status that Temporal's gateway gives a gRPC code.
[[nodiscard]] int http_status(status_code code) noexcept;

/// Temporal's error JSON: {"code":5,"message":"...","details":[]}. A start that found the workflow running carries the
/// run in its details, and one that is to be repeated says after how long.
[[nodiscard]] std::string error_body(const service_failure& failure, bool pretty, std::chrono::milliseconds retry_after = {});

}  // namespace perdure::server
