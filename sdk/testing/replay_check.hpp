#pragma once

#include <string>

#include "api/proto.hpp"
#include "sdk/replay/workflow_registry.hpp"

namespace perdure::test {

/// Replays a history with the registered code; why that code does not give the recorded commands, or nothing when it does.
[[nodiscard]] std::string replay_trouble(const detail::workflow_registry& types, const std::string& workflow_id,
                                         const std::string& run_id, const pb::history::History& history);

}  // namespace perdure::test
