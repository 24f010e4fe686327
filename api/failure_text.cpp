#include "api/failure_text.hpp"

#include <array>

namespace perdure::failure_text {
namespace {

std::string with_reason(std::string_view what, std::string_view reason) {
    std::string text(what);
    if (!reason.empty() && reason != what) {
        text += ": ";
        text += reason;
    }
    return text;
}

std::string failed(std::string text, int state) {
    text += " failed";
    if (const std::string_view why = retry_state(state); !why.empty()) {
        text += " (";
        text += why;
        text += ')';
    }
    return text;
}

}  // namespace

std::string_view retry_state(int value) noexcept {
    static constexpr std::array<std::string_view, 8> names{"",
                                                           "in progress",
                                                           "not retryable",
                                                           "no time left for another attempt",
                                                           "maximum attempts reached",
                                                           "no retry policy",
                                                           "server error",
                                                           "cancel requested"};
    return value >= 0 && value < static_cast<int>(names.size()) ? names[static_cast<std::size_t>(value)] : "unknown retry state";
}

std::string_view timeout_kind(int value) noexcept {
    static constexpr std::array<std::string_view, 5> names{"unspecified", "start to close", "schedule to start",
                                                           "schedule to close", "heartbeat"};
    return value >= 0 && value < static_cast<int>(names.size()) ? names[static_cast<std::size_t>(value)] : "unknown kind";
}

std::string application(std::string_view type, std::string_view message) {
    return type.empty() ? std::string(message) : with_reason(type, message);
}

std::string activity(std::string_view name, int state) { return failed("activity " + std::string(name), state); }

std::string child(std::string_view type, std::string_view workflow_id, int state) {
    return failed("child workflow " + std::string(type) + " \"" + std::string(workflow_id) + '"', state);
}

std::string timeout(int kind, std::string_view message) {
    return with_reason("timed out (" + std::string(timeout_kind(kind)) + ')', message);
}

std::string canceled(std::string_view reason) { return with_reason("cancelled", reason); }
std::string terminated(std::string_view reason) { return with_reason("terminated", reason); }

std::string caused_by(std::string own, std::string_view cause) {
    if (cause.empty()) return own;
    own += "; caused by ";
    own += cause;
    return own;
}

}  // namespace perdure::failure_text
