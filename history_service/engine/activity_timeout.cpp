#include "history_service/engine/activity.hpp"
#include "history_service/engine/retry_policy.hpp"
#include "history_service/engine/timing.hpp"

namespace perdure::history {
namespace {

pb::failure::Failure timeout_failure(std::string message, pb::enums::TimeoutType type) {
    pb::failure::Failure failure;
    failure.set_message(std::move(message));
    failure.set_source("Server");
    failure.mutable_timeout_failure_info()->set_timeout_type(type);
    return failure;
}

}  // namespace

void time_out_activity(mutation& change, const activity_deadline& passed) {
    const auto& activity = change.state().activities.at(passed.scheduled_event_id);
    auto failure = timeout_failure("activity " + std::string(name_of(passed.type)) + " timeout", passed.type);
    const auto retry = retry_or_stop(change, activity, failure);
    if (retry == pb::enums::RETRY_STATE_IN_PROGRESS) return;

    if (retry == pb::enums::RETRY_STATE_TIMEOUT && passed.type != pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_START) {
        // It is the time for all attempts that has run out, whatever ended this one.
        failure =
            timeout_failure("Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying",
                            pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE);
    }
    if (activity.heartbeat_details) {
        *failure.mutable_timeout_failure_info()->mutable_last_heartbeat_details() = *activity.heartbeat_details;
    }
    if (activity.last_failure) *failure.mutable_cause() = *activity.last_failure;

    auto& event = change.event(pb::enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT);
    auto& timed_out = *event.mutable_activity_task_timed_out_event_attributes();
    *timed_out.mutable_failure() = std::move(failure);
    timed_out.set_scheduled_event_id(activity.scheduled_event_id);
    timed_out.set_retry_state(retry);
    timed_out.set_started_event_id(add_started_event(change, activity));
    change.add(event);
}

}  // namespace perdure::history
