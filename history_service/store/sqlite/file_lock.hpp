#pragma once

#include <string>

#include "api/result.hpp"

namespace perdure::history::sqlite {

/// Holds a database file for this process alone. The operating system lets go of it when the process ends, however it ends.
///
/// Must outlive every connection to the file: closing any descriptor of a file drops SQLite's own locks on it.
class file_lock {
  public:
    /// Opens, or makes if `create`, the file and takes it. Errors name the remedy: `failed_precondition` when another
    /// process has it, when it is gone but its log is still there, when there is none and `create` is false.
    [[nodiscard]] static result<file_lock> take(const std::string& path, bool create);

    file_lock(file_lock&& other) noexcept;
    file_lock& operator=(file_lock&& other) noexcept;
    ~file_lock();

  private:
    explicit file_lock(int descriptor) noexcept : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace perdure::history::sqlite
