#pragma once

#include <exception>
#include <string_view>

namespace perdure::detail {

[[nodiscard]] std::exception_ptr make_cancelled(std::string_view reason);

/// Whether the error is a cancelled_error.
[[nodiscard]] bool is_cancelled_error(const std::exception_ptr& error) noexcept;

/// Whether a run that ends with this error was cancelled: the error, or what an activity or child failed with, is a cancel.
[[nodiscard]] bool ended_by_cancel(const std::exception_ptr& error) noexcept;

/// Remembers the mistake with the run that executes, so that it fails the task even if it is caught, and throws it.
[[noreturn]] void throw_misuse(const char* sentence);

}  // namespace perdure::detail
