#pragma once

#include "sdk/replay/workflow_run.hpp"

namespace perdure::detail {

/// Replays a task once more that failed with a mismatch, to see what the first pass did not keep: the coroutines in which the
/// command at fault was made, and whether the code goes the same way twice. Changes only what `result` reports.
void look_again(const workflow_type& type, const run_identity& identity, const pb::service::PollWorkflowTaskQueueResponse& task,
                const activation_environment& environment, activation_result& result);

}  // namespace perdure::detail
