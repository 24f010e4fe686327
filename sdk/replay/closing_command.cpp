#include "sdk/replay/closing_command.hpp"

#include <charconv>
#include <string>
#include <utility>

#include <perdure/errors.hpp>

#include "api/json.hpp"
#include "api/payload.hpp"
#include "sdk/vocabulary/failure_conversion.hpp"

namespace perdure::detail {
namespace {

using perdure::from_proto;

constexpr std::string_view binary_protobuf = "binary/protobuf";

pb::common::Payload as_payload(const google::protobuf::Message& message) {
    pb::common::Payload payload;
    auto json = print_message(message);  // refuses what JSON cannot hold; the binary form holds everything
    (*payload.mutable_metadata())["encoding"] = std::string(json ? encoding::json_protobuf : binary_protobuf);
    (*payload.mutable_metadata())["messageType"] = message.GetDescriptor()->full_name();
    payload.set_data(json ? *std::move(json) : message.SerializeAsString());
    return payload;
}

void read_payload(const std::string& key, const pb::common::Payload& payload, google::protobuf::Message& into) {
    if (encoding_of(payload) == binary_protobuf) {
        if (into.ParseFromString(payload.data())) return;
        throw payload_error("the header field " + key + ", in which the previous run left things, cannot be read");
    }
    const auto read = parse_message(payload.data(), into, {.payload_shorthand = false, .unknown = unknown_fields::ignore});
    if (!read)
        throw payload_error("the header field " + key +
                            ", in which the previous run left things, cannot be read: " + read.error().message);
}

pb::common::Payload unread_payload(const std::vector<std::pair<std::string, message>>& unread) {
    pb::history::History history;
    for (const auto& [signal, waiting] : unread) {
        pb::history::HistoryEvent& event = *history.add_events();
        event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
        auto& attributes = *event.mutable_workflow_execution_signaled_event_attributes();
        attributes.set_signal_name(signal);
        *attributes.mutable_input() = to_proto(waiting.content.values);
    }
    return as_payload(history);
}

// Compensations are calls that have not been made: commands, with their key and group where people's remarks go.
pb::common::Payload undo_payload(const std::vector<saga_entry>& entries) {
    pb::service::RespondWorkflowTaskCompletedRequest calls;
    for (const saga_entry& entry : entries) {
        pb::command::Command& command = *calls.add_commands();
        command.set_command_type(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
        static_cast<void>(command.mutable_schedule_activity_task_command_attributes()->ParseFromString(entry.call));
        *command.mutable_user_metadata()->mutable_summary() = to_payload(entry.key);
        *command.mutable_user_metadata()->mutable_details() = to_payload(entry.group);
    }
    return as_payload(calls);
}

bool is_ours(std::string_view key) { return key == unread_header || key.starts_with(undo_header); }

void fill_header(pb::common::Header& header, const run& ended, const pb::common::Header& inherited) {
    for (const auto& [key, value] : inherited.fields()) {
        if (!is_ours(key)) (*header.mutable_fields())[key] = value;
    }
    if (const auto unread = ended.unread(); !unread.empty()) {
        (*header.mutable_fields())[std::string(unread_header)] = unread_payload(unread);
    }
    for (std::size_t i = 0; i < ended.sagas().size(); ++i) {
        const std::vector<saga_entry>& entries = ended.sagas()[i]->entries();
        if (!entries.empty()) (*header.mutable_fields())[std::string(undo_header) + std::to_string(i)] = undo_payload(entries);
    }
}

pb::failure::Failure failure_of(const run& ended, const std::exception_ptr& error) {
    pb::failure::Failure failure = to_proto(error);
    if (failure.stack_trace().empty()) failure.set_stack_trace(ended.thrown_stack(error));
    return failure;
}

}  // namespace

command_entry make_closing_command(const run& ended, const pb::history::WorkflowExecutionStartedEventAttributes& started) {
    command_entry entry;
    entry.message = std::make_unique<pb::command::Command>();
    pb::command::Command& command = *entry.message;
    const closing& how = *ended.closed();
    switch (how.kind) {
        case closing::how::completed: {
            command.set_command_type(pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
            auto& attributes = *command.mutable_complete_workflow_execution_command_attributes();
            if (!how.content.values.empty()) *attributes.mutable_result() = to_proto(how.content.values);
            break;
        }
        case closing::how::failed:
            command.set_command_type(pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
            *command.mutable_fail_workflow_execution_command_attributes()->mutable_failure() = failure_of(ended, how.error);
            break;
        case closing::how::cancelled: {
            command.set_command_type(pb::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION);
            auto& attributes = *command.mutable_cancel_workflow_execution_command_attributes();
            const std::shared_ptr<const failure> seen = as_failure(how.error);
            const auto* cancelled = dynamic_cast<const cancelled_error*>(seen.get());
            if (cancelled != nullptr && !cancelled->raw_details().empty())
                *attributes.mutable_details() = to_proto(cancelled->raw_details());
            break;
        }
        case closing::how::continued: {
            command.set_command_type(pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
            auto& attributes = *command.mutable_continue_as_new_workflow_execution_command_attributes();
            *attributes.mutable_workflow_type() = started.workflow_type();
            *attributes.mutable_task_queue() = started.task_queue();
            if (!how.content.values.empty()) *attributes.mutable_input() = to_proto(how.content.values);
            if (started.has_workflow_run_timeout()) *attributes.mutable_workflow_run_timeout() = started.workflow_run_timeout();
            if (started.has_workflow_task_timeout())
                *attributes.mutable_workflow_task_timeout() = started.workflow_task_timeout();
            if (started.has_retry_policy()) *attributes.mutable_retry_policy() = started.retry_policy();
            if (started.has_memo()) *attributes.mutable_memo() = started.memo();
            if (started.has_search_attributes()) *attributes.mutable_search_attributes() = started.search_attributes();
            attributes.set_initiator(pb::enums::CONTINUE_AS_NEW_INITIATOR_WORKFLOW);
            fill_header(*attributes.mutable_header(), ended, started.header());
            if (attributes.header().fields().empty()) attributes.clear_header();
            break;
        }
    }
    entry.type = command.command_type();
    entry.at = how.at;
    return entry;
}

void take_over(run& successor, const pb::common::Header& header) {
    for (const auto& [key, payload] : header.fields()) {
        if (key == unread_header) {
            pb::history::History history;
            read_payload(key, payload, history);
            for (const pb::history::HistoryEvent& event : history.events()) {
                const auto& signalled = event.workflow_execution_signaled_event_attributes();
                successor.carry_over(signalled.signal_name(), arguments{from_proto(signalled.input())});
            }
        } else if (key.starts_with(undo_header)) {
            std::size_t ordinal = 0;
            const char* digits = key.data() + undo_header.size();
            if (std::from_chars(digits, key.data() + key.size(), ordinal).ec != std::errc()) continue;
            pb::service::RespondWorkflowTaskCompletedRequest calls;
            read_payload(key, payload, calls);
            std::vector<saga_entry> entries;
            for (const pb::command::Command& command : calls.commands()) {
                const auto& call = command.schedule_activity_task_command_attributes();
                entries.push_back({.key = from_payload<std::string>(command.user_metadata().summary()),
                                   .activity = call.activity_type().name(),
                                   .group = from_payload<std::string>(command.user_metadata().details()),
                                   .call = call.SerializeAsString()});
            }
            successor.carry_over_saga(ordinal, std::move(entries));
        }
    }
}

}  // namespace perdure::detail
