#include "api/failure.hpp"

#include <algorithm>

#include "api/failure_text.hpp"
#include "api/time_convert.hpp"

namespace perdure {

using pb::failure::Failure;

Failure make_application_failure(application_failure given) {
    Failure failure;
    failure.set_message(std::move(given.message));
    auto& info = *failure.mutable_application_failure_info();
    info.set_type(std::move(given.type));
    info.set_non_retryable(given.non_retryable);
    if (given.details.payloads_size() > 0) *info.mutable_details() = std::move(given.details);
    if (given.next_retry_delay > milliseconds{0}) *info.mutable_next_retry_delay() = to_duration(given.next_retry_delay);
    return failure;
}

Failure make_timeout_failure(pb::enums::TimeoutType type, std::string message) {
    Failure failure;
    failure.set_message(std::move(message));
    failure.set_source("Server");
    failure.mutable_timeout_failure_info()->set_timeout_type(type);
    return failure;
}

Failure make_canceled_failure(std::string message, pb::common::Payloads details) {
    Failure failure;
    failure.set_message(std::move(message));
    auto& info = *failure.mutable_canceled_failure_info();
    if (details.payloads_size() > 0) *info.mutable_details() = std::move(details);
    return failure;
}

Failure make_terminated_failure(std::string message, std::string identity) {
    Failure failure;
    failure.set_message(std::move(message));
    failure.mutable_terminated_failure_info()->set_identity(std::move(identity));
    return failure;
}

Failure make_server_failure(std::string message, bool non_retryable) {
    Failure failure;
    failure.set_message(std::move(message));
    failure.mutable_server_failure_info()->set_non_retryable(non_retryable);
    return failure;
}

Failure make_activity_failure(activity_failure_info info, Failure cause) {
    Failure failure;
    failure.set_message("activity error");
    auto& wrapped = *failure.mutable_activity_failure_info();
    wrapped.set_scheduled_event_id(info.scheduled_event_id);
    wrapped.set_started_event_id(info.started_event_id);
    wrapped.set_identity(std::move(info.identity));
    wrapped.mutable_activity_type()->set_name(std::move(info.activity_type));
    wrapped.set_activity_id(std::move(info.activity_id));
    wrapped.set_retry_state(info.retry_state);
    *failure.mutable_cause() = std::move(cause);
    return failure;
}

Failure make_child_failure(child_failure_info info, Failure cause) {
    Failure failure;
    failure.set_message("child workflow execution error");
    auto& wrapped = *failure.mutable_child_workflow_execution_failure_info();
    wrapped.set_namespace_(std::move(info.space));
    wrapped.mutable_workflow_execution()->set_workflow_id(std::move(info.workflow_id));
    wrapped.mutable_workflow_execution()->set_run_id(std::move(info.run_id));
    wrapped.mutable_workflow_type()->set_name(std::move(info.workflow_type));
    wrapped.set_initiated_event_id(info.initiated_event_id);
    wrapped.set_started_event_id(info.started_event_id);
    wrapped.set_retry_state(info.retry_state);
    *failure.mutable_cause() = std::move(cause);
    return failure;
}

const Failure& root_cause(const Failure& failure) noexcept {
    const Failure* at = &failure;
    while (at->has_cause()) at = &at->cause();
    return *at;
}

const Failure& inner_failure(const Failure& failure) noexcept {
    const Failure* at = &failure;
    while (at->has_cause() && (at->has_activity_failure_info() || at->has_child_workflow_execution_failure_info())) {
        at = &at->cause();
    }
    return *at;
}

std::string_view truncated_utf8(std::string_view text, std::size_t max_bytes) noexcept {
    if (text.size() <= max_bytes) return text;
    std::size_t cut = max_bytes;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    return text.substr(0, cut);
}

namespace {

/// Hands out bytes of a budget; what is asked for first is kept longest.
class byte_budget {
  public:
    explicit byte_budget(std::size_t bytes) : left_(bytes) {}
    [[nodiscard]] std::size_t left() const noexcept { return left_; }
    void spend(std::size_t bytes) noexcept { left_ -= std::min(left_, bytes); }
    [[nodiscard]] std::string take(std::string_view text) {
        const std::string_view kept = truncated_utf8(text, left_);
        if (!kept.empty()) spend(kept.size() + field_overhead);
        return std::string(kept);
    }

    static constexpr std::size_t field_overhead = 4;

  private:
    std::size_t left_;
};

Failure truncate(const Failure& failure, std::size_t max_bytes, int depth) {
    byte_budget budget(max_bytes);
    Failure kept;
    if (failure.has_application_failure_info()) {
        auto& info = *kept.mutable_application_failure_info();
        info.set_non_retryable(failure.application_failure_info().non_retryable());
        info.set_type(budget.take(failure.application_failure_info().type()));
        budget.spend(2 * byte_budget::field_overhead);
    } else if (failure.has_server_failure_info()) {
        kept.mutable_server_failure_info()->set_non_retryable(failure.server_failure_info().non_retryable());
        budget.spend(byte_budget::field_overhead);
    }
    kept.set_source(budget.take(failure.source()));
    kept.set_message(budget.take(failure.message()));
    kept.set_stack_trace(budget.take(failure.stack_trace()));
    if (failure.has_cause() && depth > 0 && budget.left() > byte_budget::field_overhead) {
        *kept.mutable_cause() = truncate(failure.cause(), budget.left() - byte_budget::field_overhead, depth - 1);
    }
    return kept;
}

}  // namespace

Failure truncated_failure(const Failure& failure, std::size_t max_bytes) {
    return truncate(failure, max_bytes, max_failure_depth);
}

Failure bounded_failure(const Failure& failure, std::size_t max_bytes) {
    if (failure.ByteSizeLong() <= max_bytes) return failure;
    Failure wrapped = make_server_failure("Failure exceeds size limit.", false);
    wrapped.set_source("Server");
    *wrapped.mutable_cause() = truncated_failure(failure, max_bytes);
    return wrapped;
}

std::string describe_failure(const Failure& failure) {
    const std::string& message = failure.message();
    switch (failure.failure_info_case()) {
        case Failure::kApplicationFailureInfo:
            return failure_text::application(failure.application_failure_info().type(), message);
        case Failure::kTimeoutFailureInfo:
            return failure_text::timeout(failure.timeout_failure_info().timeout_type(), message);
        case Failure::kCanceledFailureInfo:
            return failure_text::canceled(message);
        case Failure::kTerminatedFailureInfo:
            return failure_text::terminated(message);
        case Failure::kActivityFailureInfo: {
            const auto& info = failure.activity_failure_info();
            return failure_text::activity(info.activity_type().name(), info.retry_state());
        }
        case Failure::kChildWorkflowExecutionFailureInfo: {
            const auto& info = failure.child_workflow_execution_failure_info();
            return failure_text::child(info.workflow_type().name(), info.workflow_execution().workflow_id(), info.retry_state());
        }
        default:
            return message.empty() ? std::string("failure without a message") : message;
    }
}

std::string describe_failure_chain(const Failure& failure) {
    std::string text = describe_failure(failure);
    const Failure* at = &failure;
    for (int depth = 0; at->has_cause() && depth < max_failure_depth; ++depth) {
        at = &at->cause();
        text = failure_text::caused_by(std::move(text), describe_failure(*at));
    }
    return text;
}

}  // namespace perdure
