#pragma once

#include <perdure/options.hpp>
#include <perdure/worker.hpp>

#include "api/json_value.hpp"

namespace perdure::detail {

/// Options as JSON, with the names that Temporal's messages give them. Limits and texts that are not set are left out.
[[nodiscard]] json_value describe_options(const activity_options& options);
[[nodiscard]] json_value describe_options(const worker_options& options);

}  // namespace perdure::detail
