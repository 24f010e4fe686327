#include <algorithm>

#include "history_service/engine/buffer.hpp"
#include "history_service/engine/commands/check.hpp"
#include "history_service/engine/retry_policy.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {
namespace {

using schedule_command = pb::command::ScheduleActivityTaskCommandAttributes;

std::string name_of(const schedule_command& command) {
    return "ActivityId=" + command.activity_id() + " ActivityType=" + command.activity_type().name();
}

/// The four time-outs as the scheduled event shows them: what is missing follows from what is there, nothing outlasts the run.
result<done> normalise_timeouts(schedule_command& command, const google::protobuf::Duration& run_timeout) {
    auto& to_close = *command.mutable_schedule_to_close_timeout();
    auto& to_start = *command.mutable_schedule_to_start_timeout();
    auto& start_to_close = *command.mutable_start_to_close_timeout();
    auto& heartbeat = *command.mutable_heartbeat_timeout();
    struct field {
        std::string_view name;
        google::protobuf::Duration& length;
    };
    for (const auto& [name, length] : {field{"ScheduleToCloseTimeout", to_close}, field{"ScheduleToStartTimeout", to_start},
                                       field{"StartToCloseTimeout", start_to_close}, field{"HeartbeatTimeout", heartbeat}}) {
        if (auto checked = check_and_cap(name, length); !checked) return checked;
    }
    const auto set = [](const google::protobuf::Duration& length) { return from_duration(length) > milliseconds::zero(); };
    const auto cap = [](google::protobuf::Duration& length, const google::protobuf::Duration& most) {
        if (from_duration(length) > from_duration(most)) length = most;
    };
    if (set(to_close)) {
        if (!set(to_start)) to_start = to_close;
        if (!set(start_to_close)) start_to_close = to_close;
        cap(to_start, to_close);
        cap(start_to_close, to_close);
    } else if (set(start_to_close)) {
        to_close = run_timeout;
        if (!set(to_start)) to_start = run_timeout;
    } else {
        return service_failure{status_code::invalid_argument,
                               "A valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand."};
    }
    if (set(run_timeout)) {
        for (auto* length : {&to_close, &to_start, &start_to_close, &heartbeat}) cap(*length, run_timeout);
    }
    cap(heartbeat, start_to_close);
    return done{};
}

}  // namespace

std::optional<task_failure> command_checker::check_schedule_activity(schedule_command& command) {
    constexpr auto bad = pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;
    const auto refuse = [&](const std::string& why) { return fail_with(bad, why + ' ' + name_of(command)); };

    if (command.task_queue().name().empty()) {
        command.mutable_task_queue()->set_name(state_.execution.started.task_queue().name());
    }
    if (auto checked = check_task_queue(env_, *command.mutable_task_queue()); !checked) return refuse(checked.error().message);
    if (command.activity_id().empty()) return refuse("ActivityId is not set on ScheduleActivityTaskCommand.");
    if (command.activity_type().name().empty()) return refuse("ActivityType is not set on ScheduleActivityTaskCommand.");
    if (auto checked = check_name(env_, "ActivityId", command.activity_id()); !checked) {
        return fail_with(bad, checked.error().message);
    }
    if (auto checked = check_name(env_, "ActivityType", command.activity_type().name()); !checked) {
        return fail_with(bad, checked.error().message);
    }
    fill_defaults(*command.mutable_retry_policy());
    if (auto checked = check_retry_policy(*command.mutable_retry_policy()); !checked) return refuse(checked.error().message);
    if (auto checked = normalise_timeouts(command, state_.execution.started.workflow_run_timeout()); !checked) {
        return refuse(checked.error().message);
    }
    for (const auto& [what, carried] : {std::pair<std::string_view, const google::protobuf::Message&>{"Input", command.input()},
                                        {"Header", command.header()}}) {
        if (auto checked = check_payload(env_, what, carried); !checked) return refuse(checked.error().message);
    }
    const auto pending = state_.activities.size() + scheduled_.size() - gone_.size();
    if (pending >= env_.bounds.pending_activities) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED,
                         "the number of pending activities, " + std::to_string(pending) +
                             ", has reached the limit; wait for some of them before scheduling more.");
    }
    const auto known = state_.activity_ids.find(command.activity_id());
    const bool taken =
        (known != state_.activity_ids.end() && !gone_.contains(known->second)) || scheduled_.contains(command.activity_id());
    if (taken) {
        return fail_with(
            pb::enums::WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID,
            "an activity with this id is pending already; give each pending activity an id of its own. " + name_of(command));
    }
    scheduled_.emplace(command.activity_id(), next_event_id_);
    return std::nullopt;
}

std::optional<task_failure> command_checker::check_cancel_activity(
    const pb::command::RequestCancelActivityTaskCommandAttributes& command) {
    const auto refuse = [](const std::string& why) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES, why);
    };
    const auto id = command.scheduled_event_id();
    if (id <= 0) return refuse("ScheduledEventId is not set on RequestCancelActivityTaskCommand.");
    const auto at = " ScheduledEventID: " + std::to_string(id);
    // Ended by an earlier command: recorded once more, and nothing else.
    if (ended_.contains(id)) return std::nullopt;

    const auto batch = std::find_if(scheduled_.begin(), scheduled_.end(), [&](const auto& entry) { return entry.second == id; });
    const auto pending = state_.activities.find(id);
    if (batch == scheduled_.end() && pending == state_.activities.end()) {
        if (activity_ended_in_buffer(state_, id)) return std::nullopt;
        return refuse("no activity with this scheduled event is pending;" + at);
    }
    const bool in_state = pending != state_.activities.end();
    if (in_state && (pending->second.cancel_requested() || cancelled_.contains(id))) {
        return refuse("a cancel of this activity was requested before;" + at);
    }
    if (in_state && pending->second.started) {
        cancelled_.insert(id);
        return std::nullopt;
    }
    // It is over at once, and its end waits with the buffered events for the commands to pass.
    ended_.insert(id);
    if (in_state) gone_.insert(id);
    if (batch != scheduled_.end()) scheduled_.erase(batch);
    ++buffered_;
    return std::nullopt;
}

}  // namespace perdure::history
