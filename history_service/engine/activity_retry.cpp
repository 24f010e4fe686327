#include "api/failure.hpp"
#include "history_service/engine/activity.hpp"
#include "history_service/engine/retry_policy.hpp"
#include "history_service/engine/timing.hpp"

namespace perdure::history {
pb::enums::RetryState retry_or_stop(mutation& change, const activity_state& activity, const pb::failure::Failure& failure) {
    if (activity.cancel_requested()) return pb::enums::RETRY_STATE_CANCEL_REQUESTED;
    const auto& policy = activity.scheduled.retry_policy();
    if (!is_retryable(failure, policy)) return pb::enums::RETRY_STATE_NON_RETRYABLE_FAILURE;
    const auto decision = decide_retry(retry_of::activity, policy, activity.attempt, next_retry_delay(failure), change.now(),
                                       retry_expiration(activity));
    if (decision.state != pb::enums::RETRY_STATE_IN_PROGRESS) return decision.state;

    auto& retry = change.change();
    auto& retried = *retry.mutable_activity_retried();
    retried.set_scheduled_event_id(activity.scheduled_event_id);
    retried.set_attempt(activity.attempt + 1);
    *retried.mutable_failure() = bounded_failure(failure, change.env().bounds.kept_failure_bytes);
    *retried.mutable_next_attempt_time() = to_timestamp(after(change.now(), decision.delay));
    *retried.mutable_interval() = to_duration(decision.delay);
    change.put(retry);
    return decision.state;
}

}  // namespace perdure::history
