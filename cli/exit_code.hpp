#pragma once

#include <stdexcept>
#include <string>

#include "api/result.hpp"

namespace perdure::cli {

/// What the program's exit status says. Documented in --help and docs/cli.md.
enum class exit_code : int {
    ok = 0,
    /// The workflow closed otherwise than completed (execute, result), the check found something wrong (fsck), or a file could
    /// not be written (export).
    failed = 1,
    /// The command line or its input makes no sense.
    usage = 2,
    not_found = 3,
    /// No server answered, or not in time.
    unavailable = 4,
    /// The server refused the request.
    refused = 5,
};

/// Ends a command: one sentence for the person and the exit status.
class command_error : public std::runtime_error {
  public:
    command_error(exit_code code, const std::string& message) : std::runtime_error(message), code_(code) {}
    [[nodiscard]] exit_code code() const noexcept { return code_; }

  private:
    exit_code code_;
};

[[nodiscard]] command_error to_command_error(const service_failure& failure);

/// The lines of --help that list the exit codes.
[[nodiscard]] const char* exit_code_help() noexcept;

}  // namespace perdure::cli
