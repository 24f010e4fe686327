#pragma once

#include "api/result.hpp"
#include "server/node/node.hpp"

namespace perdure::server {

/// The answer to a start with `perdure_wait_for_close`: once the run is written, `on` is asked for its close event, and `done`
/// is told what came of it. A wait that ends early, or that `on` refuses, leaves the event out: the run is started.
///
/// `on` must be alive whenever a start of its is answered well.
[[nodiscard]] reply<pb::service::StartWorkflowExecutionResponse> after_close(
    node& on, const pb::service::StartWorkflowExecutionRequest& request, reply<pb::service::StartWorkflowExecutionResponse> done);

}  // namespace perdure::server
