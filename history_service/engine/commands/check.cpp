#include "history_service/engine/commands/check.hpp"

#include <algorithm>

#include "history_service/engine/properties.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {
namespace {

/// "START_TIMER" of "COMMAND_TYPE_START_TIMER" as "StartTimer".
std::string camel_case(std::string_view name) {
    std::string camel;
    bool upper = true;
    for (const char letter : name) {
        if (letter == '_') {
            upper = true;
            continue;
        }
        camel += upper ? letter : static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
        upper = false;
    }
    return camel;
}

std::string command_name(pb::enums::CommandType type) {
    const auto name = pb::enums::CommandType_Name(type);
    if (name.empty()) return "command type " + std::to_string(static_cast<int>(type));
    return camel_case(std::string_view(name).substr(std::string_view("COMMAND_TYPE_").size()));
}

/// What a command that is not supported fails its task with.
task_failure unsupported(pb::enums::CommandType type) {
    using namespace pb::enums;
    auto cause = WORKFLOW_TASK_FAILED_CAUSE_FEATURE_DISABLED;
    switch (type) {
        case COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION:
            cause = WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES;
            break;
        case COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION:
            cause = WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
            break;
        case COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION:
            cause = WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
            break;
        case COMMAND_TYPE_PROTOCOL_MESSAGE:
            cause = WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;
            break;
        case COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION:
            cause = WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES;
            break;
        case COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION:
            cause = WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES;
            break;
        default:
            break;
    }
    return fail_with(cause, command_name(type) + " is not supported by this server; use activities, timers and signals instead.");
}

}  // namespace

bool closes_run(pb::enums::CommandType type) noexcept {
    switch (type) {
        case pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
        case pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
        case pb::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
        case pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
            return true;
        default:
            return false;
    }
}

std::string cause_name(pb::enums::WorkflowTaskFailedCause cause) {
    return camel_case(std::string_view(pb::enums::WorkflowTaskFailedCause_Name(cause))
                          .substr(std::string_view("WORKFLOW_TASK_FAILED_CAUSE_").size()));
}

task_failure fail_with(pb::enums::WorkflowTaskFailedCause cause, const std::string& sentence) {
    return {cause, sentence.empty() ? cause_name(cause) : cause_name(cause) + ": " + sentence};
}

pb::failure::Failure to_failure(const task_failure& failure) {
    pb::failure::Failure made;
    made.set_message(failure.message);
    made.mutable_server_failure_info();
    return made;
}

result<done> check_sequence(const command_list& commands) {
    const auto closing =
        std::find_if(commands.begin(), commands.end(), [](const auto& command) { return closes_run(command.command_type()); });
    if (closing == commands.end() || std::next(closing) == commands.end()) return done{};
    return service_failure{status_code::invalid_argument, "invalid command sequence: " + command_name(closing->command_type()) +
                                                              " is command " + std::to_string(closing - commands.begin() + 1) +
                                                              " of " + std::to_string(commands.size()) +
                                                              ", and must be the last command, since it closes the run."};
}

command_checker::command_checker(const run_state& state, const environment& env, std::int64_t completed_event_id)
    : state_(state),
      env_(env),
      next_event_id_(completed_event_id + 1),
      buffered_(state.buffer.size()),
      unread_events_(!state.buffer.empty()) {}

std::optional<task_failure> command_checker::check(command_list& commands) {
    for (auto& command : commands) {
        if (auto failure = check_one(command)) return failure;
        ++next_event_id_;
    }
    return std::nullopt;
}

std::optional<task_failure> command_checker::check_one(pb::command::Command& command) {
    using namespace pb::enums;
    if (auto checked = check_user_metadata(env_, command.user_metadata()); !checked) {
        return fail_with(WORKFLOW_TASK_FAILED_CAUSE_PAYLOADS_TOO_LARGE, checked.error().message);
    }
    switch (command.command_type()) {
        case COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
            return check_schedule_activity(*command.mutable_schedule_activity_task_command_attributes());
        case COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
            return check_cancel_activity(command.request_cancel_activity_task_command_attributes());
        case COMMAND_TYPE_START_TIMER:
            return check_start_timer(*command.mutable_start_timer_command_attributes());
        case COMMAND_TYPE_CANCEL_TIMER:
            return check_cancel_timer(command.cancel_timer_command_attributes());
        case COMMAND_TYPE_RECORD_MARKER:
            return check_marker(command.record_marker_command_attributes());
        case COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            return check_upsert(*command.mutable_upsert_workflow_search_attributes_command_attributes());
        case COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:
            return check_properties(command.modify_workflow_properties_command_attributes());
        case COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
        case COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
        case COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
            return check_close(command);
        case COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
            return check_continue_as_new(*command.mutable_continue_as_new_workflow_execution_command_attributes());
        default:
            return unsupported(command.command_type());
    }
}

}  // namespace perdure::history
