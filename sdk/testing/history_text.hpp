#pragma once

#include <string>

#include "api/proto.hpp"

namespace perdure::test {

/// A history as numbered lines with what matters: "5 ActivityTaskScheduled payment.charge".
[[nodiscard]] std::string history_lines(const pb::history::History& history);

}  // namespace perdure::test
