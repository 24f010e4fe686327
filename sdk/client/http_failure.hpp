#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "api/result.hpp"

namespace perdure::detail {

/// What an HTTP answer other than 200 means: Temporal's error JSON, or the status alone when the body is none.
[[nodiscard]] service_failure read_failure(int http_status, const std::string& body);

/// After how long the error JSON asks to be tried again, if it does: google.rpc.RetryInfo in its details.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_retry_delay(const std::string& body);

}  // namespace perdure::detail
