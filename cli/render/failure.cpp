#include "cli/render/failure.hpp"

#include "cli/render/values.hpp"

namespace perdure::cli {
namespace {

/// Histories come from outside; a chain longer than this is cut in print.
constexpr int max_links = 50;

std::string details(const pb::common::Payloads& payloads) {
    return payloads.payloads_size() == 0 ? std::string() : ", details " + show_payloads(payloads);
}

std::string kind(const pb::failure::Failure& failure) {
    using failure_case = pb::failure::Failure::FailureInfoCase;
    switch (failure.failure_info_case()) {
        case failure_case::kApplicationFailureInfo: {
            const auto& info = failure.application_failure_info();
            return info.type().empty() ? std::string("Application error") : info.type();
        }
        case failure_case::kTimeoutFailureInfo:
            return "Timeout (" +
                   words_with_dashes(without_prefix(pb::enums::TimeoutType_Name(failure.timeout_failure_info().timeout_type()),
                                                    "TIMEOUT_TYPE_")) +
                   ")";
        case failure_case::kCanceledFailureInfo:
            return "Cancelled";
        case failure_case::kTerminatedFailureInfo:
            return "Terminated";
        case failure_case::kServerFailureInfo:
            return "Server error";
        case failure_case::kActivityFailureInfo: {
            const auto& info = failure.activity_failure_info();
            return "Activity " + info.activity_type().name() + " (id " + info.activity_id() + ")";
        }
        case failure_case::kChildWorkflowExecutionFailureInfo: {
            const auto& info = failure.child_workflow_execution_failure_info();
            return "Child workflow " + info.workflow_type().name() + " (" + info.workflow_execution().workflow_id() + ")";
        }
        default:
            return "Failure";
    }
}

std::string notes(const pb::failure::Failure& failure) {
    std::string out;
    if (failure.has_application_failure_info()) {
        const auto& info = failure.application_failure_info();
        if (info.non_retryable()) out += ", not retryable";
        if (info.has_next_retry_delay()) out += ", next attempt after " + show_duration(info.next_retry_delay());
        out += details(info.details());
    } else if (failure.has_canceled_failure_info()) {
        out += details(failure.canceled_failure_info().details());
    } else if (failure.has_activity_failure_info()) {
        const auto state = failure.activity_failure_info().retry_state();
        if (state != pb::enums::RETRY_STATE_UNSPECIFIED) {
            out += ", " + words_with_dashes(without_prefix(pb::enums::RetryState_Name(state), "RETRY_STATE_"));
        }
    }
    return out.empty() ? out : " [" + out.substr(2) + "]";
}

void append_stack(std::vector<std::string>& lines, const std::string& stack) {
    std::size_t start = 0;
    while (start < stack.size()) {
        const auto end = std::min(stack.find('\n', start), stack.size());
        if (end > start) lines.push_back("    " + stack.substr(start, end - start));
        start = end + 1;
    }
}

}  // namespace

std::vector<std::string> failure_lines(const pb::failure::Failure& failure, bool with_stacks) {
    std::vector<std::string> lines;
    const pb::failure::Failure* link = &failure;
    for (int i = 0; i < max_links; ++i) {
        std::string line = i == 0 ? kind(*link) : "caused by " + kind(*link);
        if (!link->message().empty()) line += ": " + link->message();
        lines.push_back(line + notes(*link));
        if (with_stacks) append_stack(lines, link->stack_trace());
        if (!link->has_cause()) break;
        link = &link->cause();
    }
    return lines;
}

std::string joined_lines(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += (out.empty() ? "" : "\n") + line;
    return out;
}

}  // namespace perdure::cli
