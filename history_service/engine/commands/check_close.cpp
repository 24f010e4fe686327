#include "history_service/engine/commands/check.hpp"
#include "history_service/engine/properties.hpp"
#include "history_service/engine/retry_policy.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {

std::optional<task_failure> command_checker::check_close(const pb::command::Command& command) {
    using namespace pb::enums;
    // The workflow has not seen what came while it ran; the next task shows it, and the worker decides again.
    if (unread_events_) return fail_with(WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, "");
    const auto too_large = [&](WorkflowTaskFailedCause cause, const char* what,
                               const google::protobuf::Message& carried) -> std::optional<task_failure> {
        if (auto checked = check_payload(env_, what, carried); !checked) return fail_with(cause, checked.error().message);
        return std::nullopt;
    };
    switch (command.command_type()) {
        case COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            if (!command.has_complete_workflow_execution_command_attributes()) {
                return fail_with(WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES,
                                 "CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.");
            }
            return too_large(WORKFLOW_TASK_FAILED_CAUSE_BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES, "Result",
                             command.complete_workflow_execution_command_attributes().result());
        case COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
            if (!command.fail_workflow_execution_command_attributes().has_failure()) {
                return fail_with(WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES,
                                 "Failure is not set on FailWorkflowExecutionCommand.");
            }
            return too_large(WORKFLOW_TASK_FAILED_CAUSE_BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES, "Failure",
                             command.fail_workflow_execution_command_attributes().failure());
        default:
            if (!command.has_cancel_workflow_execution_command_attributes()) {
                return fail_with(WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES,
                                 "CancelWorkflowExecutionCommandAttributes is not set on CancelWorkflowExecutionCommand.");
            }
            return too_large(WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES, "Details",
                             command.cancel_workflow_execution_command_attributes().details());
    }
}

std::optional<task_failure> command_checker::check_continue_as_new(
    pb::command::ContinueAsNewWorkflowExecutionCommandAttributes& command) {
    const auto refuse = [](const std::string& why) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES, why);
    };
    const auto& started = state_.execution.started;
    if (command.workflow_type().name().empty()) *command.mutable_workflow_type() = started.workflow_type();
    if (auto checked = check_name(env_, "WorkflowType", command.workflow_type().name()); !checked) {
        return refuse(checked.error().message);
    }
    if (command.task_queue().name().empty()) command.mutable_task_queue()->set_name(started.task_queue().name());
    if (auto checked = check_task_queue(env_, *command.mutable_task_queue()); !checked) return refuse(checked.error().message);
    if (!command.cron_schedule().empty()) return refuse("CronSchedule is not supported; leave it empty.");

    struct field {
        std::string_view name;
        google::protobuf::Duration* length;
    };
    for (const auto& [name, length] :
         {field{"WorkflowRunTimeout", command.mutable_workflow_run_timeout()},
          field{"WorkflowTaskTimeout", command.mutable_workflow_task_timeout()},
          field{"BackoffStartInterval",
                command.has_backoff_start_interval() ? command.mutable_backoff_start_interval() : nullptr}}) {
        if (length == nullptr) continue;
        if (auto checked = check_and_cap(name, *length); !checked) return refuse(checked.error().message);
    }
    auto run = from_duration(command.workflow_run_timeout());
    if (run == milliseconds::zero()) run = from_duration(started.workflow_run_timeout());
    auto task = from_duration(command.workflow_task_timeout());
    if (task == milliseconds::zero()) task = from_duration(started.workflow_task_timeout());
    const auto timeouts = settle_timeouts(env_, from_duration(started.workflow_execution_timeout()), run, task);
    *command.mutable_workflow_run_timeout() = to_duration(timeouts.run);
    *command.mutable_workflow_task_timeout() = to_duration(timeouts.task);

    if (command.has_retry_policy()) {
        fill_defaults(*command.mutable_retry_policy());
        if (auto checked = check_retry_policy(*command.mutable_retry_policy()); !checked) return refuse(checked.error().message);
    }
    if (auto checked = check_search_attributes(env_, command.search_attributes()); !checked) {
        return fail_with(pb::enums::WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES, checked.error().message);
    }
    if (command.has_search_attributes()) name_types(*command.mutable_search_attributes());
    if (auto checked = check_memo(env_, command.memo()); !checked) return refuse(checked.error().message);
    for (const auto& [what, carried] : {std::pair<std::string_view, const google::protobuf::Message&>{"Input", command.input()},
                                        {"Header", command.header()},
                                        {"LastCompletionResult", command.last_completion_result()},
                                        {"Failure", command.failure()}}) {
        if (auto checked = check_payload(env_, what, carried); !checked) return refuse(checked.error().message);
    }
    return std::nullopt;
}

}  // namespace perdure::history
