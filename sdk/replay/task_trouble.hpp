#pragma once

#include <exception>
#include <string>

#include "sdk/replay/workflow_run.hpp"

namespace perdure::detail {

/// The answer to a task that failed with this error; `stack` is where the coroutines were. A mismatch is reported in full in
/// the reason, and shortened in the failure that goes into the history.
[[nodiscard]] activation_result task_trouble(const std::exception_ptr& error, const std::string& stack);

}  // namespace perdure::detail
