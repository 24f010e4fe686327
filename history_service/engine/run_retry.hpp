#pragma once

#include <optional>

#include "history_service/engine/environment.hpp"
#include "history_service/engine/run_creation.hpp"

namespace perdure::history {

/// What the run's retry policy says to a failure of the whole run.
struct run_retry {
    pb::enums::RetryState state = pb::enums::RETRY_STATE_RETRY_POLICY_NOT_SET;
    std::optional<run_plan> run{};
};

/// A delay that the failure asks for is capped by the policy's maximum interval here, unlike with activities.
[[nodiscard]] run_retry plan_run_retry(const run_state& state, const environment& env, const pb::failure::Failure& failure);

/// The run's time is up: closes it as timed out, and begins the next run if the retry policy says so.
void time_out_run(mutation& change);

}  // namespace perdure::history
