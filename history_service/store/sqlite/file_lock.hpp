#pragma once

#include <string>
#include <utility>

#include "api/result.hpp"
#include "history_service/store/sqlite/descriptor.hpp"

namespace perdure::history::sqlite {

/// Holds a database file for this process alone. The operating system lets go of it when the process ends, however it ends.
///
/// Must outlive every connection to the file: closing any descriptor of a file drops SQLite's own locks on it.
class file_lock {
  public:
    /// Opens, or makes if `create`, the file and takes it. Errors name the remedy: `failed_precondition` when another
    /// process has it, when it is gone but its log is still there, when there is none and `create` is false.
    [[nodiscard]] static result<file_lock> take(const std::string& path, bool create);

  private:
    explicit file_lock(descriptor held) noexcept : held_(std::move(held)) {}
    descriptor held_;
};

}  // namespace perdure::history::sqlite
