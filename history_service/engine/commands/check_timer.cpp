#include <algorithm>

#include "history_service/engine/commands/check.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {

std::optional<task_failure> command_checker::check_start_timer(pb::command::StartTimerCommandAttributes& command) {
    const auto refuse = [](const std::string& why) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES, why);
    };
    if (command.timer_id().empty()) return refuse("TimerId is not set on StartTimerCommand.");
    if (auto checked = check_name(env_, "TimerId", command.timer_id()); !checked) return refuse(checked.error().message);
    if (auto checked = check_and_cap("StartToFireTimeout", *command.mutable_start_to_fire_timeout()); !checked) {
        return refuse("An invalid StartToFireTimeout is set on StartTimerCommand: " + checked.error().message +
                      " TimerId=" + command.timer_id());
    }
    const bool running = state_.timers.contains(command.timer_id()) && !stopped_timers_.contains(command.timer_id());
    if (running || started_timers_.contains(command.timer_id())) {
        return fail_with(
            pb::enums::WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID,
            "a timer with this id is pending already; give each pending timer an id of its own. TimerID: " + command.timer_id());
    }
    started_timers_.insert(command.timer_id());
    return std::nullopt;
}

std::optional<task_failure> command_checker::check_cancel_timer(const pb::command::CancelTimerCommandAttributes& command) {
    const auto refuse = [](const std::string& why) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES, why);
    };
    const auto& id = command.timer_id();
    if (id.empty()) return refuse("TimerId is not set on CancelTimerCommand.");
    if (auto checked = check_name(env_, "TimerId", id); !checked) return refuse(checked.error().message);

    if (started_timers_.erase(id) != 0) {
        // Started by an earlier command.
    } else if (state_.timers.contains(id) && !stopped_timers_.contains(id)) {
        stopped_timers_.insert(id);
    } else {
        const bool fired = std::any_of(state_.buffer.begin(), state_.buffer.end(), [&](const auto& event) {
            return event.event_type() == pb::enums::EVENT_TYPE_TIMER_FIRED &&
                   event.timer_fired_event_attributes().timer_id() == id;
        });
        if (!fired || !removed_from_buffer_.insert(id).second) {
            return refuse("no timer with this id is pending; TimerID: " + id);
        }
        --buffered_;
    }
    unread_events_ = unread_events_ && buffered_ > 0;
    return std::nullopt;
}

}  // namespace perdure::history
