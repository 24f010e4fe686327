#include "history_service/engine/commands/execute.hpp"
#include "history_service/engine/run_creation.hpp"
#include "history_service/engine/run_retry.hpp"
#include "history_service/engine/timing.hpp"

namespace perdure::history {

using namespace pb::enums;

void command_executor::complete_run(pb::command::Command& command) {
    auto& asked = *command.mutable_complete_workflow_execution_command_attributes();
    auto& event = event_for(command, EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    auto& completed = *event.mutable_workflow_execution_completed_event_attributes();
    if (asked.has_result()) completed.mutable_result()->Swap(asked.mutable_result());
    completed.set_workflow_task_completed_event_id(completed_event_id_);
    change_.add(event);
}

void command_executor::fail_run(pb::command::Command& command) {
    const auto& failure = command.fail_workflow_execution_command_attributes().failure();
    auto next = plan_run_retry(change_.state(), change_.env(), failure);
    auto& event = event_for(command, EVENT_TYPE_WORKFLOW_EXECUTION_FAILED);
    auto& failed = *event.mutable_workflow_execution_failed_event_attributes();
    *failed.mutable_failure() = failure;
    failed.set_retry_state(next.state);
    failed.set_workflow_task_completed_event_id(completed_event_id_);
    if (next.run) failed.set_new_execution_run_id(next.run->key.run_id);
    change_.add(event);
    if (next.run) change_.succeed_by(begin_run(change_.env(), std::move(*next.run)));
}

void command_executor::cancel_run(pb::command::Command& command) {
    const auto& asked = command.cancel_workflow_execution_command_attributes();
    auto& event = event_for(command, EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED);
    auto& canceled = *event.mutable_workflow_execution_canceled_event_attributes();
    if (asked.has_details()) *canceled.mutable_details() = asked.details();
    canceled.set_workflow_task_completed_event_id(completed_event_id_);
    change_.add(event);
}

void command_executor::continue_run(pb::command::Command& command) {
    const auto& asked = command.continue_as_new_workflow_execution_command_attributes();
    auto plan = continuation_plan(change_.state(), change_.env().ids.next(), asked);
    auto& event = event_for(command, EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
    auto& continued = *event.mutable_workflow_execution_continued_as_new_event_attributes();
    continued.set_new_execution_run_id(plan.key.run_id);
    *continued.mutable_workflow_type() = asked.workflow_type();
    *continued.mutable_task_queue() = asked.task_queue();
    if (asked.has_input()) *continued.mutable_input() = asked.input();
    *continued.mutable_workflow_run_timeout() = asked.workflow_run_timeout();
    *continued.mutable_workflow_task_timeout() = asked.workflow_task_timeout();
    continued.set_workflow_task_completed_event_id(completed_event_id_);
    if (asked.has_backoff_start_interval()) *continued.mutable_backoff_start_interval() = asked.backoff_start_interval();
    continued.set_initiator(asked.initiator());
    if (asked.has_failure()) *continued.mutable_failure() = asked.failure();
    if (asked.has_last_completion_result()) *continued.mutable_last_completion_result() = asked.last_completion_result();
    if (asked.has_header()) *continued.mutable_header() = asked.header();
    if (asked.has_memo()) *continued.mutable_memo() = asked.memo();
    if (asked.has_search_attributes()) *continued.mutable_search_attributes() = asked.search_attributes();
    continued.set_inherit_build_id(asked.inherit_build_id());
    change_.add(event);
    change_.succeed_by(begin_run(change_.env(), std::move(plan)));
}

}  // namespace perdure::history
