#include "sdk/worker/core/oversize.hpp"

#include <algorithm>
#include <utility>

#include "api/failure.hpp"
#include "sdk/worker/core/substitute.hpp"

namespace perdure::detail {
namespace {

// What a frame may hold besides the message.
constexpr std::size_t margin = 64UL * 1024;
// Enough to say what went wrong; more would only be cut by the server.
constexpr std::size_t cut_failure_bytes = 256UL * 1024;

constexpr const char* remedy = "; keep large data outside and pass references to it";

pb::failure::Failure too_large_failure(std::string message, bool non_retryable) {
    pb::failure::Failure failure =
        make_application_failure({.type = "MessageTooLarge", .message = std::move(message), .non_retryable = non_retryable});
    failure.set_source("perdure-cpp");
    return failure;
}

std::string does_not_fit(const std::string& what) { return what + " is larger than a frame may be" + remedy; }

}  // namespace

bool too_large(const google::protobuf::Message& message, std::size_t max_frame_bytes) {
    return message.ByteSizeLong() + margin > max_frame_bytes;
}

pb::failure::Failure result_refused(const std::string& name, const std::string& reason) {
    return too_large_failure("the result of " + name + " was refused: " + reason, true);
}

pb::worker::WorkerMessage smaller_answer(pb::worker::WorkerMessage message, const std::string& name,
                                         std::size_t max_frame_bytes) {
    using kind = pb::worker::WorkerMessage;
    const std::size_t kept_bytes = std::min(cut_failure_bytes, max_frame_bytes / 4);
    switch (message.body_case()) {
        case kind::kWorkflowTaskCompleted:
            fail_instead(message, too_large_failure(does_not_fit("the answer to this workflow task"), false),
                         pb::enums::WORKFLOW_TASK_FAILED_CAUSE_GRPC_MESSAGE_TOO_LARGE);
            break;
        case kind::kQueryCompleted:
            fail_instead(message, too_large_failure(does_not_fit("the answer to this query"), true), {});
            break;
        case kind::kActivityCompleted:
            fail_instead(message, too_large_failure(does_not_fit("the result of " + name), true), {});
            break;
        case kind::kWorkflowTaskFailed: {
            auto& failed = *message.mutable_workflow_task_failed();
            *failed.mutable_failure() = bounded_failure(failed.failure(), kept_bytes);
            break;
        }
        case kind::kActivityFailed: {
            auto& failed = *message.mutable_activity_failed();
            *failed.mutable_failure() = bounded_failure(failed.failure(), kept_bytes);
            failed.clear_last_heartbeat_details();
            break;
        }
        case kind::kActivityCanceled:
        case kind::kActivityHeartbeat:
            fail_instead(message, {}, {});
            break;
        default:
            break;
    }
    return message;
}

}  // namespace perdure::detail
