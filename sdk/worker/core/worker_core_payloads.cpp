// What the user's codecs make of messages, and what is said when they cannot.

#include <utility>

#include "sdk/worker/core/oversize.hpp"
#include "sdk/worker/core/substitute.hpp"
#include "sdk/worker/core/worker_core.hpp"

namespace perdure::detail {
namespace {

// In clear text: the codecs have just failed, and the sentence holds no values.
void tell_codec_trouble(pb::worker::WorkerMessage& message, const std::string& why) {
    fail_instead(message, make_codec_failure("the answer could not be sent: " + why),
                 pb::enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE);
}

}  // namespace

std::optional<std::string> worker_core::encode(google::protobuf::Message& message) const {
    return options_.conversion ? options_.conversion->encode(message) : std::nullopt;
}

std::optional<std::string> worker_core::decode(google::protobuf::Message& message) const {
    return options_.conversion ? options_.conversion->decode(message) : std::nullopt;
}

/// Makes the message what goes over the wire: encoded, and small enough for a frame after that.
void worker_core::make_ready(pb::worker::WorkerMessage& message, const std::string& name) {
    // What is too large encoded has to be cut in clear.
    std::optional<pb::worker::WorkerMessage> clear;
    if (options_.conversion) clear = message;
    if (const auto trouble = encode(message)) {
        note(log_level::error, "the answer for the " + name + " cannot be encoded: " + *trouble);
        message = *std::move(clear);
        return tell_codec_trouble(message, *trouble);
    }
    if (!too_large(message, link_.max_frame_bytes())) return;
    note(log_level::error, "the answer for the " + name + " is too large for a frame");
    message = smaller_answer(clear ? *std::move(clear) : std::move(message), name, link_.max_frame_bytes());
    if (const auto trouble = encode(message)) tell_codec_trouble(message, *trouble);
}

void worker_core::refuse_workflow_task(job_id job, const pb::service::PollWorkflowTaskQueueResponse& task, const std::string& why,
                                       moment now) {
    const std::string sentence = "the workflow task was not begun: " + why;
    note(log_level::error, "run " + task.workflow_execution().run_id() + " (" + task.workflow_type().name() + "): " + sentence);
    workflow_answer answer{.body = stay_silent{}};
    if (task.has_query()) {
        answer.body = failed_query(task, sentence);
    } else if (task.attempt() <= 1) {
        // A task that fails again is left to time out: the server's growing timeout then paces the attempts.
        answer.body = failed_task(task, pb::enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
                                  make_codec_failure(sentence));
    }
    workflow_done(job, std::move(answer), now);
}

}  // namespace perdure::detail
