#pragma once

#include <string>

#include "api/result.hpp"

namespace perdure::detail {

/// What an HTTP answer other than 200 means: Temporal's error JSON, or the status alone when the body is none.
[[nodiscard]] service_failure read_failure(int http_status, const std::string& body);

}  // namespace perdure::detail
