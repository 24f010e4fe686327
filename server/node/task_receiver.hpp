#pragma once

#include "api/proto.hpp"
#include "matching/types.hpp"

namespace perdure::server {

/// Where a matched task goes when its start is durable.
class task_receiver {
  public:
    task_receiver() = default;
    task_receiver(const task_receiver&) = delete;
    task_receiver& operator=(const task_receiver&) = delete;
    virtual ~task_receiver() = default;

    /// Takes the task over, or says no by false and leaves it as it is.
    [[nodiscard]] virtual bool take(const matching::match& made, pb::service::PollWorkflowTaskQueueResponse& task) = 0;
    [[nodiscard]] virtual bool take(const matching::match& made, pb::service::PollActivityTaskQueueResponse& task) = 0;
    /// The deadline of a one-shot poll passed without a task.
    virtual void end_empty() {}
};

}  // namespace perdure::server
