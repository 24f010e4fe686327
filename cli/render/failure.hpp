#pragma once

#include <string>
#include <vector>

#include "api/proto.hpp"

namespace perdure::cli {

/// A failure and its causes, the outermost first, one line each: kind, message, and what else is known of it.
[[nodiscard]] std::vector<std::string> failure_lines(const pb::failure::Failure& failure, bool with_stacks = false);

/// Lines as one text, without a newline at its end.
[[nodiscard]] std::string joined_lines(const std::vector<std::string>& lines);

}  // namespace perdure::cli
