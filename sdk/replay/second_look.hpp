#pragma once

#include <functional>

#include "sdk/replay/workflow_run.hpp"

namespace perdure::detail {

/// Feeds a new run what the first was fed.
using replay_again = std::function<activation_result(workflow_run& fresh, const activation_environment& environment)>;

/// Replays once more what has failed with a mismatch, to see what the first pass did not keep: the coroutines in which the
/// command at fault was made, and whether the code goes the same way twice. Changes only what `result` reports.
void look_again(const workflow_type& type, const run_identity& identity, const activation_environment& environment,
                const replay_again& redo, activation_result& result);

}  // namespace perdure::detail
