#pragma once

#include "history_service/engine/mutation.hpp"

namespace perdure::history {

/// Ends a running run: gives up a started task, makes buffered events history, and closes it as terminated.
void terminate_run(mutation& change, const std::string& reason, const pb::common::Payloads* details, const std::string& identity);

/// As `terminate_run`, on the engine's own account. Nothing for a closed run.
[[nodiscard]] transition terminate_from_within(run_state& state, const environment& env, const std::string& reason,
                                               const pb::common::Payloads& details);

/// Ends a run whose history has grown beyond its bounds: it could never be replayed any more.
void enforce_history_bounds(mutation& change);

}  // namespace perdure::history
