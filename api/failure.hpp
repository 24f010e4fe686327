#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "api/proto.hpp"
#include "api/time.hpp"

// Building, reading and bounding Failure messages. Between failures and exceptions: sdk/vocabulary/failure_conversion.hpp.

namespace perdure {

/// The longest chain of causes that is walked or kept; what lies deeper is dropped.
inline constexpr int max_failure_depth = 20;

struct application_failure {
    std::string type{};
    std::string message{};
    bool non_retryable = false;
    pb::common::Payloads details{};
    milliseconds next_retry_delay{0};
};
[[nodiscard]] pb::failure::Failure make_application_failure(application_failure given);
/// As the server reports a timeout: source "Server".
[[nodiscard]] pb::failure::Failure make_timeout_failure(pb::enums::TimeoutType type, std::string message);
[[nodiscard]] pb::failure::Failure make_canceled_failure(std::string message, pb::common::Payloads details = {});
[[nodiscard]] pb::failure::Failure make_terminated_failure(std::string message, std::string identity = {});
[[nodiscard]] pb::failure::Failure make_server_failure(std::string message, bool non_retryable);

struct activity_failure_info {
    std::string activity_type{};
    std::string activity_id{};
    std::string identity{};
    std::int64_t scheduled_event_id = 0;
    std::int64_t started_event_id = 0;
    pb::enums::RetryState retry_state = pb::enums::RETRY_STATE_UNSPECIFIED;
};
/// What a workflow sees of an activity that did not succeed: the cause wrapped with the activity's identity.
[[nodiscard]] pb::failure::Failure make_activity_failure(activity_failure_info info, pb::failure::Failure cause);

struct child_failure_info {
    std::string space{};
    std::string workflow_id{};
    std::string run_id{};
    std::string workflow_type{};
    std::int64_t initiated_event_id = 0;
    std::int64_t started_event_id = 0;
    pb::enums::RetryState retry_state = pb::enums::RETRY_STATE_UNSPECIFIED;
};
[[nodiscard]] pb::failure::Failure make_child_failure(child_failure_info info, pb::failure::Failure cause);

/// The innermost cause; the failure itself when it has none.
[[nodiscard]] const pb::failure::Failure& root_cause(const pb::failure::Failure& failure) noexcept;

/// The failure that decides about retries: the cause below activity and child wrappers.
[[nodiscard]] const pb::failure::Failure& inner_failure(const pb::failure::Failure& failure) noexcept;

/// A failure of about `max_bytes`: kind and flags of application and server failures are kept, then source, message and
/// stack as far as they fit, then causes. Details are dropped. Texts are never cut inside a character.
[[nodiscard]] pb::failure::Failure truncated_failure(const pb::failure::Failure& failure, std::size_t max_bytes);

/// The failure itself while it is small enough, else a server failure that says so, with the truncated one as its cause.
/// This is what is kept of the last failure of an activity (limit: 4 KiB).
[[nodiscard]] pb::failure::Failure bounded_failure(const pb::failure::Failure& failure, std::size_t max_bytes);

/// One failure without its causes, in words: `CardDeclined: insufficient funds`.
[[nodiscard]] std::string describe_failure(const pb::failure::Failure& failure);

/// The whole chain on one line: `activity payment.charge failed (not retryable); caused by CardDeclined: ...`.
[[nodiscard]] std::string describe_failure_chain(const pb::failure::Failure& failure);

/// As much of `text` as fits into `max_bytes`, never cut inside a character.
[[nodiscard]] std::string_view truncated_utf8(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace perdure
