#include "history_service/engine/commands/execute.hpp"

#include "history_service/engine/activity.hpp"
#include "history_service/engine/timing.hpp"

namespace perdure::history {

using namespace pb::enums;

command_executor::command_executor(mutation& change, std::int64_t completed_event_id, const std::string& identity)
    : change_(change), completed_event_id_(completed_event_id), identity_(identity) {}

void command_executor::execute(command_list& commands) {
    for (auto& command : commands) {
        switch (command.command_type()) {
            case COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
                schedule_activity(command);
                break;
            case COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
                cancel_activity(command);
                break;
            case COMMAND_TYPE_START_TIMER:
                start_timer(command);
                break;
            case COMMAND_TYPE_CANCEL_TIMER:
                cancel_timer(command);
                break;
            case COMMAND_TYPE_RECORD_MARKER:
                record_marker(command);
                break;
            case COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
                upsert_attributes(command);
                break;
            case COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:
                modify_properties(command);
                break;
            case COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
                complete_run(command);
                break;
            case COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
                fail_run(command);
                break;
            case COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
                cancel_run(command);
                break;
            case COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
                continue_run(command);
                break;
            default:
                break;
        }
    }
}

pb::history::HistoryEvent& command_executor::event_for(pb::command::Command& command, EventType type) const {
    auto& event = change_.event(type);
    if (command.has_user_metadata()) event.mutable_user_metadata()->Swap(command.mutable_user_metadata());
    return event;
}

void command_executor::schedule_activity(pb::command::Command& command) {
    auto& asked = *command.mutable_schedule_activity_task_command_attributes();
    auto& event = event_for(command, EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
    auto& scheduled = *event.mutable_activity_task_scheduled_event_attributes();
    scheduled.set_activity_id(asked.activity_id());
    *scheduled.mutable_activity_type() = asked.activity_type();
    *scheduled.mutable_task_queue() = asked.task_queue();
    if (asked.has_header()) scheduled.mutable_header()->Swap(asked.mutable_header());
    if (asked.has_input()) scheduled.mutable_input()->Swap(asked.mutable_input());
    *scheduled.mutable_schedule_to_close_timeout() = asked.schedule_to_close_timeout();
    *scheduled.mutable_schedule_to_start_timeout() = asked.schedule_to_start_timeout();
    *scheduled.mutable_start_to_close_timeout() = asked.start_to_close_timeout();
    *scheduled.mutable_heartbeat_timeout() = asked.heartbeat_timeout();
    scheduled.set_workflow_task_completed_event_id(completed_event_id_);
    *scheduled.mutable_retry_policy() = asked.retry_policy();
    scheduled.set_use_workflow_build_id(asked.use_workflow_build_id());
    if (asked.has_priority()) *scheduled.mutable_priority() = asked.priority();
    if (asked.request_eager_execution()) eager_.push_back(asked.activity_id());
    change_.add(event);
}

void command_executor::cancel_activity(pb::command::Command& command) {
    const auto scheduled_event_id = command.request_cancel_activity_task_command_attributes().scheduled_event_id();
    auto& event = event_for(command, EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED);
    auto& requested = *event.mutable_activity_task_cancel_requested_event_attributes();
    requested.set_scheduled_event_id(scheduled_event_id);
    requested.set_workflow_task_completed_event_id(completed_event_id_);
    change_.add(event);

    const auto found = change_.state().activities.find(scheduled_event_id);
    if (found == change_.state().activities.end()) return;
    const auto& activity = found->second;
    if (activity.started) {
        change_.emit(perdure::history::cancel_activity{
            scheduled_event_id, activity.attempt, activity.scheduled.activity_id(), activity.scheduled.activity_type().name(),
            start_id(activity.request_id, activity.started_time), "the workflow cancelled the activity"});
        return;
    }
    buffer_cancellation_of_unstarted(change_, activity, identity_);
    cancelled_at_once_ = true;
}

void command_executor::start_timer(pb::command::Command& command) {
    const auto& asked = command.start_timer_command_attributes();
    auto& event = event_for(command, EVENT_TYPE_TIMER_STARTED);
    auto& started = *event.mutable_timer_started_event_attributes();
    started.set_timer_id(asked.timer_id());
    *started.mutable_start_to_fire_timeout() = asked.start_to_fire_timeout();
    started.set_workflow_task_completed_event_id(completed_event_id_);
    change_.add(event);
}

void command_executor::cancel_timer(pb::command::Command& command) {
    const auto& id = command.cancel_timer_command_attributes().timer_id();
    std::int64_t started_event_id = 0;
    if (const auto timer = change_.state().timers.find(id); timer != change_.state().timers.end()) {
        started_event_id = timer->second.started_event_id;
    } else {
        for (const auto& buffered : change_.state().buffer) {
            if (buffered.event_type() == EVENT_TYPE_TIMER_FIRED && buffered.timer_fired_event_attributes().timer_id() == id) {
                started_event_id = buffered.timer_fired_event_attributes().started_event_id();
                break;
            }
        }
        auto& removed = change_.change();
        removed.mutable_buffered_timer_removed()->set_timer_id(id);
        change_.put(removed);
    }
    auto& event = event_for(command, EVENT_TYPE_TIMER_CANCELED);
    auto& canceled = *event.mutable_timer_canceled_event_attributes();
    canceled.set_timer_id(id);
    canceled.set_started_event_id(started_event_id);
    canceled.set_workflow_task_completed_event_id(completed_event_id_);
    canceled.set_identity(identity_);
    change_.add(event);
}

void command_executor::record_marker(pb::command::Command& command) {
    auto& asked = *command.mutable_record_marker_command_attributes();
    auto& event = event_for(command, EVENT_TYPE_MARKER_RECORDED);
    auto& recorded = *event.mutable_marker_recorded_event_attributes();
    recorded.set_marker_name(asked.marker_name());
    recorded.mutable_details()->swap(*asked.mutable_details());
    recorded.set_workflow_task_completed_event_id(completed_event_id_);
    if (asked.has_header()) *recorded.mutable_header() = asked.header();
    if (asked.has_failure()) *recorded.mutable_failure() = asked.failure();
    change_.add(event);
}

void command_executor::upsert_attributes(pb::command::Command& command) {
    auto& event = event_for(command, EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
    auto& upserted = *event.mutable_upsert_workflow_search_attributes_event_attributes();
    upserted.set_workflow_task_completed_event_id(completed_event_id_);
    *upserted.mutable_search_attributes() = command.upsert_workflow_search_attributes_command_attributes().search_attributes();
    change_.add(event);
}

void command_executor::modify_properties(pb::command::Command& command) {
    auto& event = event_for(command, EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED);
    auto& modified = *event.mutable_workflow_properties_modified_event_attributes();
    modified.set_workflow_task_completed_event_id(completed_event_id_);
    *modified.mutable_upserted_memo() = command.modify_workflow_properties_command_attributes().upserted_memo();
    change_.add(event);
}

}  // namespace perdure::history
