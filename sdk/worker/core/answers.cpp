#include <utility>

#include "sdk/worker/core/types.hpp"

namespace perdure::detail {

std::shared_ptr<pb::worker::WorkerMessage> failed_task(const pb::service::PollWorkflowTaskQueueResponse& task,
                                                       pb::enums::WorkflowTaskFailedCause cause, pb::failure::Failure why) {
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    auto& failed = *message->mutable_workflow_task_failed();
    failed.set_task_token(task.task_token());
    failed.set_cause(cause);
    *failed.mutable_failure() = std::move(why);
    return message;
}

std::shared_ptr<pb::worker::WorkerMessage> failed_query(const pb::service::PollWorkflowTaskQueueResponse& task, std::string why) {
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    auto& failed = *message->mutable_query_completed();
    failed.set_task_token(task.task_token());
    failed.set_completed_type(pb::enums::QUERY_RESULT_TYPE_FAILED);
    failed.set_error_message(std::move(why));
    return message;
}

}  // namespace perdure::detail
