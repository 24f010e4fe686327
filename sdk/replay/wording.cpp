#include "sdk/replay/wording.hpp"

#include <chrono>
#include <string_view>

#include "api/iso_time.hpp"
#include "api/payload.hpp"

namespace perdure::detail {
namespace {

using namespace pb::enums;

std::string_view closing_words(int command) {
    switch (command) {
        case COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            return "completion of the workflow";
        case COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
            return "failure of the workflow";
        case COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
            return "cancellation of the workflow";
        case COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
            return "continuation as a new run";
        default:
            return {};
    }
}

// The command that an event of this type records.
int command_of(EventType type) {
    switch (type) {
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            return COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK;
        case EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            return COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK;
        case EVENT_TYPE_TIMER_STARTED:
            return COMMAND_TYPE_START_TIMER;
        case EVENT_TYPE_TIMER_CANCELED:
            return COMMAND_TYPE_CANCEL_TIMER;
        case EVENT_TYPE_MARKER_RECORDED:
            return COMMAND_TYPE_RECORD_MARKER;
        case EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            return COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION;
        case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            return COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION;
        case EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            return COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION;
        case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION;
        default:
            return COMMAND_TYPE_UNSPECIFIED;
    }
}

}  // namespace

std::string event_type_text(EventType type) {
    const std::string name = EventType_Name(type);
    if (name.empty()) return "event type " + std::to_string(static_cast<int>(type));
    std::string text;
    bool start = true;
    for (const char letter : std::string_view(name).substr(std::string_view("EVENT_TYPE_").size())) {
        if (letter != '_') text += start ? letter : static_cast<char>(letter - 'A' + 'a');
        start = letter == '_';
    }
    return text;
}

std::string describe(const command_entry& command) {
    const std::string id = " (id " + command.id + ")";
    switch (command.type) {
        case COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
            return "call of activity " + command.name + id;
        case COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
            return "cancel of activity " + command.name + id;
        case COMMAND_TYPE_START_TIMER:
            return "start of timer" + id;
        case COMMAND_TYPE_CANCEL_TIMER:
            return "cancel of timer" + id;
        case COMMAND_TYPE_RECORD_MARKER:
            return "marker " + command.name + id;
        default:
            break;
    }
    const std::string_view closing = closing_words(command.type);
    return closing.empty() ? "command " + std::to_string(command.type) : std::string(closing);
}

std::string describe(const pb::history::HistoryEvent& event) {
    switch (event.event_type()) {
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
            const auto& recorded = event.activity_task_scheduled_event_attributes();
            return "call of activity " + recorded.activity_type().name() + " (id " + recorded.activity_id() + ")";
        }
        case EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            return "cancel of the activity of event " +
                   std::to_string(event.activity_task_cancel_requested_event_attributes().scheduled_event_id());
        case EVENT_TYPE_TIMER_STARTED:
            return "start of timer (id " + event.timer_started_event_attributes().timer_id() + ")";
        case EVENT_TYPE_TIMER_CANCELED:
            return "cancel of timer (id " + event.timer_canceled_event_attributes().timer_id() + ")";
        case EVENT_TYPE_MARKER_RECORDED:
            return "marker " + event.marker_recorded_event_attributes().marker_name();
        default:
            break;
    }
    const std::string_view closing = closing_words(command_of(event.event_type()));
    return closing.empty() ? event_type_text(event.event_type()) : std::string(closing);
}

bool similar(const command_entry& command, const pb::history::HistoryEvent& event) {
    if (command.type != command_of(event.event_type())) return false;
    switch (event.event_type()) {
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            return event.activity_task_scheduled_event_attributes().activity_type().name() == command.name;
        case EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            return event.activity_task_cancel_requested_event_attributes().scheduled_event_id() == command.target;
        case EVENT_TYPE_TIMER_CANCELED:
            return event.timer_canceled_event_attributes().timer_id() == command.id;
        case EVENT_TYPE_MARKER_RECORDED:
            return event.marker_recorded_event_attributes().marker_name() == command.name;
        default:
            return true;
    }
}

std::string value_text(const pb::common::Payload& payload) {
    const std::string& how = encoding_of(payload);
    if (how == encoding::json || how == encoding::json_protobuf) return payload.data();
    if (how == encoding::null) return "null";
    return (how.empty() ? "no encoding" : how) + ", " + std::to_string(payload.data().size()) + " bytes";
}

std::string value_text(const pb::common::Payloads& payloads) {
    if (payloads.payloads().empty()) return "nothing";
    std::string text;
    for (const pb::common::Payload& payload : payloads.payloads()) text += (text.empty() ? "" : ", ") + value_text(payload);
    return text;
}

std::string value_text(const google::protobuf::Duration& duration) {
    return to_iso_duration(std::chrono::seconds(duration.seconds()) + std::chrono::nanoseconds(duration.nanos()));
}

}  // namespace perdure::detail
