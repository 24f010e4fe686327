#pragma once

#include <exception>
#include <functional>
#include <utility>

#include "perdure/errors.hpp"
#include "sdk/client/connection.hpp"

namespace perdure::detail {

/// The exception that a refusal is thrown as.
[[nodiscard]] std::exception_ptr to_exception(const service_failure& refusal);

}  // namespace perdure::detail
