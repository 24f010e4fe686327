#pragma once

#include "api/proto.hpp"

namespace perdure::detail {

/// Makes an answer that cannot be sent into one that says why: results become failures, failures become this one, details are
/// dropped. `cause` is that of a workflow task.
void fail_instead(pb::worker::WorkerMessage& message, pb::failure::Failure why, pb::enums::WorkflowTaskFailedCause cause);

}  // namespace perdure::detail
