#include "sdk/worker/core/substitute.hpp"

#include <utility>

namespace perdure::detail {
namespace {

template <class Failed, class Completed>
Failed failed_as(const Completed& completed, pb::failure::Failure why) {
    Failed failed;
    failed.set_task_token(completed.task_token());
    failed.set_identity(completed.identity());
    failed.set_namespace_(completed.namespace_());
    *failed.mutable_failure() = std::move(why);
    return failed;
}

}  // namespace

void fail_instead(pb::worker::WorkerMessage& message, pb::failure::Failure why, pb::enums::WorkflowTaskFailedCause cause) {
    using kind = pb::worker::WorkerMessage;
    switch (message.body_case()) {
        case kind::kWorkflowTaskCompleted: {
            auto failed =
                failed_as<pb::service::RespondWorkflowTaskFailedRequest>(message.workflow_task_completed(), std::move(why));
            failed.set_cause(cause);
            *message.mutable_workflow_task_failed() = std::move(failed);
            break;
        }
        case kind::kWorkflowTaskFailed:
            *message.mutable_workflow_task_failed()->mutable_failure() = std::move(why);
            break;
        case kind::kQueryCompleted: {
            auto& answered = *message.mutable_query_completed();
            answered.set_completed_type(pb::enums::QUERY_RESULT_TYPE_FAILED);
            answered.clear_query_result();
            answered.clear_failure();
            answered.set_error_message(why.message());
            break;
        }
        case kind::kActivityCompleted: {
            auto failed = failed_as<pb::service::RespondActivityTaskFailedRequest>(message.activity_completed(), std::move(why));
            *message.mutable_activity_failed() = std::move(failed);
            break;
        }
        case kind::kActivityFailed:
            *message.mutable_activity_failed()->mutable_failure() = std::move(why);
            message.mutable_activity_failed()->clear_last_heartbeat_details();
            break;
        case kind::kActivityCanceled:
            message.mutable_activity_canceled()->clear_details();
            break;
        case kind::kActivityHeartbeat:
            message.mutable_activity_heartbeat()->clear_details();
            break;
        default:
            break;
    }
}

}  // namespace perdure::detail
