#pragma once

#include <string>

#include "api/proto.hpp"

namespace perdure::cli {

/// What is known of a run: itself, its limits, and what it waits for.
[[nodiscard]] std::string render_description(const pb::service::DescribeWorkflowExecutionResponse& description,
                                             const std::string& space, bool colour);

/// Statistics and pollers of a task queue, by kind of task.
struct described_queue {
    std::string kind;
    pb::service::DescribeTaskQueueResponse description;
};
[[nodiscard]] std::string render_task_queue(const std::vector<described_queue>& queues, bool with_stats, bool colour);

}  // namespace perdure::cli
