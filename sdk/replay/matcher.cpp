#include "sdk/replay/matcher.hpp"

#include <string_view>
#include <utility>

#include <perdure/errors.hpp>

#include "sdk/replay/turns.hpp"
#include "sdk/workflow/markers.hpp"

namespace perdure::detail {
namespace {

std::string_view last_part(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

bool is_closing(int command) {
    return command == pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION ||
           command == pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION ||
           command == pb::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION ||
           command == pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION;
}

bool is_mutable(const command_entry& command) {
    return command.type == pb::enums::COMMAND_TYPE_RECORD_MARKER && command.name == mutable_side_effect_marker;
}

bool fits(const command_entry& command, const pb::history::HistoryEvent& event) {
    switch (event.event_type()) {
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
            const auto& recorded = event.activity_task_scheduled_event_attributes();
            return command.type == pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK && recorded.activity_id() == command.id &&
                   last_part(recorded.activity_type().name()) == last_part(command.name);
        }
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            return command.type == pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK &&
                   event.activity_task_cancel_requested_event_attributes().scheduled_event_id() == command.target;
        case pb::enums::EVENT_TYPE_TIMER_STARTED:
            return command.type == pb::enums::COMMAND_TYPE_START_TIMER &&
                   event.timer_started_event_attributes().timer_id() == command.id;
        case pb::enums::EVENT_TYPE_TIMER_CANCELED:
            return command.type == pb::enums::COMMAND_TYPE_CANCEL_TIMER &&
                   event.timer_canceled_event_attributes().timer_id() == command.id;
        case pb::enums::EVENT_TYPE_MARKER_RECORDED:
            return command.type == pb::enums::COMMAND_TYPE_RECORD_MARKER &&
                   event.marker_recorded_event_attributes().marker_name() == command.name;
        default:
            return false;
    }
}

std::string place(const site& at) {
    if (at.line == 0) return {};
    return std::string(at.file) + ":" + std::to_string(at.line);
}

}  // namespace

void command_matcher::expect(std::deque<command_entry> made) {
    for (command_entry& command : made) {
        command.message.reset();
        waiting_.push_back(std::move(command));
    }
}

void command_matcher::skip_uncompared() {
    while (!waiting_.empty() && (is_mutable(waiting_.front()) || is_closing(waiting_.front().type))) waiting_.pop_front();
}

std::optional<command_entry> command_matcher::match(const pb::history::HistoryEvent& event) {
    if (ends_run(event.event_type())) {
        skip_uncompared();
        return std::nullopt;
    }
    if (event.event_type() == pb::enums::EVENT_TYPE_MARKER_RECORDED &&
        event.marker_recorded_event_attributes().marker_name() == mutable_side_effect_marker) {
        if (!waiting_.empty() && is_mutable(waiting_.front())) waiting_.pop_front();
        return std::nullopt;
    }
    skip_uncompared();
    if (!waiting_.empty() && fits(waiting_.front(), event)) {
        command_entry found = std::move(waiting_.front());
        waiting_.pop_front();
        return found;
    }
    nondeterminism_error::report report{.event_id = event.event_id(), .expected = describe(event)};
    if (!waiting_.empty()) {
        report.produced = describe(waiting_.front());
        report.produced_site = place(waiting_.front().at);
    }
    throw nondeterminism_error(std::move(report));
}

void command_matcher::finish(std::int64_t event_id) {
    skip_uncompared();
    if (waiting_.empty()) return;
    throw nondeterminism_error({.event_id = event_id,
                                .expected = {},
                                .produced = describe(waiting_.front()),
                                .expected_site = {},
                                .produced_site = place(waiting_.front().at)});
}

std::size_t command_matcher::bytes() const noexcept {
    std::size_t bytes = 0;
    for (const command_entry& command : waiting_) bytes += sizeof(command) + command.id.capacity() + command.name.capacity();
    return bytes;
}

std::string describe(const command_entry& command) {
    const std::string id = " (id " + command.id + ")";
    switch (command.type) {
        case pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
            return "call of activity " + command.name + id;
        case pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
            return "cancel of activity " + command.name + id;
        case pb::enums::COMMAND_TYPE_START_TIMER:
            return "start of timer" + id;
        case pb::enums::COMMAND_TYPE_CANCEL_TIMER:
            return "cancel of timer" + id;
        case pb::enums::COMMAND_TYPE_RECORD_MARKER:
            return "marker " + command.name + id;
        case pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            return "completion of the workflow";
        case pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
            return "failure of the workflow";
        case pb::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
            return "cancellation of the workflow";
        case pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
            return "continuation as a new run";
        default:
            return "command " + std::to_string(command.type);
    }
}

std::string describe(const pb::history::HistoryEvent& event) {
    std::string text = pb::enums::EventType_Name(event.event_type());
    switch (event.event_type()) {
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
            const auto& recorded = event.activity_task_scheduled_event_attributes();
            return "call of activity " + recorded.activity_type().name() + " (id " + recorded.activity_id() + ")";
        }
        case pb::enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            return "cancel of the activity of event " +
                   std::to_string(event.activity_task_cancel_requested_event_attributes().scheduled_event_id());
        case pb::enums::EVENT_TYPE_TIMER_STARTED:
            return "start of timer (id " + event.timer_started_event_attributes().timer_id() + ")";
        case pb::enums::EVENT_TYPE_TIMER_CANCELED:
            return "cancel of timer (id " + event.timer_canceled_event_attributes().timer_id() + ")";
        case pb::enums::EVENT_TYPE_MARKER_RECORDED:
            return "marker " + event.marker_recorded_event_attributes().marker_name();
        default:
            return text;
    }
}

}  // namespace perdure::detail
