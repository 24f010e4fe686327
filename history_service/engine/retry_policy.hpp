#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "api/proto.hpp"
#include "api/result.hpp"
#include "api/time.hpp"

namespace perdure::history {

/// Fills what is not set: 1 s, twice as long each time, at most 100 times the first, no limit of attempts.
void fill_defaults(pb::common::RetryPolicy& policy);

/// Refuses what makes no sense; cuts overlong intervals. Call after `fill_defaults`.
[[nodiscard]] result<done> check_retry_policy(pb::common::RetryPolicy& policy);

/// "StartToClose", as failures and policies spell it; empty for a type that has no name.
[[nodiscard]] std::string_view name_of(pb::enums::TimeoutType type);

/// Whether the failure may be tried again at all under the policy's list of types.
[[nodiscard]] bool is_retryable(const pb::failure::Failure& failure, const pb::common::RetryPolicy& policy);

/// The delay that an application failure asks for.
[[nodiscard]] std::optional<milliseconds> next_retry_delay(const pb::failure::Failure& failure);

/// What follows a failed attempt.
struct retry_decision {
    /// IN_PROGRESS: there is another attempt after `delay`. Anything else: why there is none.
    pb::enums::RetryState state = pb::enums::RETRY_STATE_UNSPECIFIED;
    milliseconds delay{};
};

/// Who asks: an activity's requested delay replaces the policy's maximum interval, a workflow's is capped by it.
enum class retry_of : std::uint8_t { activity, workflow };

/// `attempt` is the one that failed, counted from 1. `expiration` is when the next attempt must have been offered.
[[nodiscard]] retry_decision decide_retry(retry_of what, const pb::common::RetryPolicy& policy, std::int32_t attempt,
                                          const std::optional<milliseconds>& requested_delay, wall_time now,
                                          const std::optional<wall_time>& expiration);

}  // namespace perdure::history
