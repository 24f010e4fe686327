#include "history_service/engine/retry_policy.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {
namespace {

using std::chrono::seconds;

constexpr std::string_view timeout_prefix = "TemporalTimeout:";

bool listed(const pb::common::RetryPolicy& policy, std::string_view type) {
    const auto& types = policy.non_retryable_error_types();
    return std::any_of(types.begin(), types.end(), [&](const std::string& known) { return known == type; });
}

/// A length of time that may be too long for the clock: infinite or absurd ones count as 0, which means "none fits".
milliseconds exponential(milliseconds initial, double coefficient, std::int32_t attempt) {
    const double length = static_cast<double>(initial.count()) * std::pow(coefficient, attempt - 1);
    if (!std::isfinite(length) || length > static_cast<double>(longest_duration.count())) return milliseconds::zero();
    return milliseconds(static_cast<milliseconds::rep>(length));
}

}  // namespace

std::string_view name_of(pb::enums::TimeoutType type) {
    switch (type) {
        case pb::enums::TIMEOUT_TYPE_START_TO_CLOSE:
            return "StartToClose";
        case pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_START:
            return "ScheduleToStart";
        case pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE:
            return "ScheduleToClose";
        case pb::enums::TIMEOUT_TYPE_HEARTBEAT:
            return "Heartbeat";
        default:
            return "";
    }
}

void fill_defaults(pb::common::RetryPolicy& policy) {
    if (!policy.has_initial_interval() || from_duration(policy.initial_interval()) == milliseconds::zero()) {
        *policy.mutable_initial_interval() = to_duration(seconds(1));
    }
    if (!policy.has_maximum_interval() || from_duration(policy.maximum_interval()) == milliseconds::zero()) {
        const auto initial = std::clamp(from_duration(policy.initial_interval()), milliseconds::zero(), longest_duration / 100);
        *policy.mutable_maximum_interval() = to_duration(initial * 100);
    }
    if (policy.backoff_coefficient() == 0) policy.set_backoff_coefficient(2);
}

result<done> check_retry_policy(pb::common::RetryPolicy& policy) {
    // A single attempt never looks at the rest.
    if (policy.maximum_attempts() == 1) return done{};
    if (auto checked = check_and_cap("InitialInterval of the retry policy", *policy.mutable_initial_interval()); !checked) {
        return checked;
    }
    if (!(policy.backoff_coefficient() >= 1) || !std::isfinite(policy.backoff_coefficient())) {
        return invalid("BackoffCoefficient cannot be less than 1 on retry policy. It is " +
                       std::to_string(policy.backoff_coefficient()) + "; use 1 for a constant interval.");
    }
    if (auto checked = check_and_cap("MaximumInterval of the retry policy", *policy.mutable_maximum_interval()); !checked) {
        return checked;
    }
    const auto maximum = from_duration(policy.maximum_interval());
    if (maximum > milliseconds::zero() && maximum < from_duration(policy.initial_interval())) {
        return invalid("MaximumInterval cannot be less than InitialInterval on retry policy.");
    }
    if (policy.maximum_attempts() < 0) {
        return invalid("MaximumAttempts cannot be negative on retry policy; use 0 for no limit.");
    }
    for (const auto& type : policy.non_retryable_error_types()) {
        if (!type.starts_with(timeout_prefix)) continue;
        const auto name = std::string_view(type).substr(timeout_prefix.size());
        if (name != "StartToClose" && name != "ScheduleToStart" && name != "ScheduleToClose" && name != "Heartbeat") {
            return invalid("Invalid timeout type value: " + std::string(name) +
                           ". Non-retryable time-outs are TemporalTimeout:StartToClose and TemporalTimeout:Heartbeat.");
        }
    }
    return done{};
}

bool is_retryable(const pb::failure::Failure& failure, const pb::common::RetryPolicy& policy) {
    switch (failure.failure_info_case()) {
        case pb::failure::Failure::kTerminatedFailureInfo:
        case pb::failure::Failure::kCanceledFailureInfo:
            return false;
        case pb::failure::Failure::kTimeoutFailureInfo: {
            const auto type = failure.timeout_failure_info().timeout_type();
            if (type != pb::enums::TIMEOUT_TYPE_START_TO_CLOSE && type != pb::enums::TIMEOUT_TYPE_HEARTBEAT) return false;
            return !listed(policy, std::string(timeout_prefix) + std::string(name_of(type)));
        }
        case pb::failure::Failure::kServerFailureInfo:
            return !failure.server_failure_info().non_retryable();
        case pb::failure::Failure::kApplicationFailureInfo:
            return !failure.application_failure_info().non_retryable() &&
                   !listed(policy, failure.application_failure_info().type());
        default:
            return true;
    }
}

std::optional<milliseconds> next_retry_delay(const pb::failure::Failure& failure) {
    if (!failure.has_application_failure_info() || !failure.application_failure_info().has_next_retry_delay()) return {};
    return from_duration(failure.application_failure_info().next_retry_delay());
}

retry_decision decide_retry(retry_of what, const pb::common::RetryPolicy& policy, std::int32_t attempt,
                            const std::optional<milliseconds>& requested_delay, wall_time now,
                            const std::optional<wall_time>& expiration) {
    if (policy.maximum_attempts() > 0 && attempt >= policy.maximum_attempts()) {
        return {pb::enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, {}};
    }
    auto maximum = from_duration(policy.maximum_interval());
    if (what == retry_of::activity && requested_delay) maximum = *requested_delay;
    auto interval =
        requested_delay.value_or(exponential(from_duration(policy.initial_interval()), policy.backoff_coefficient(), attempt));
    if (maximum == milliseconds::zero() && interval <= milliseconds::zero()) {
        return {pb::enums::RETRY_STATE_TIMEOUT, {}};
    }
    if (maximum != milliseconds::zero() && (interval <= milliseconds::zero() || interval > maximum)) interval = maximum;
    if (expiration && after(now, interval) > *expiration) return {pb::enums::RETRY_STATE_TIMEOUT, {}};
    return {pb::enums::RETRY_STATE_IN_PROGRESS, interval};
}

}  // namespace perdure::history
