#include "sdk/testing/replay_check.hpp"

#include "sdk/replay/workflow_run.hpp"

namespace perdure::test {

std::string replay_trouble(const detail::workflow_registry& types, const std::string& workflow_id, const std::string& run_id,
                           const pb::history::History& history) {
    const auto& started = history.events(0).workflow_execution_started_event_attributes();
    const detail::workflow_type* type = types.find(started.workflow_type().name());
    if (type == nullptr) return "its type " + started.workflow_type().name() + " is not registered";
    // A query applies the whole history and compares every command, also those of the last task, and asks for nothing new.
    pb::service::PollWorkflowTaskQueueResponse task;
    task.mutable_workflow_execution()->set_workflow_id(workflow_id);
    task.mutable_workflow_execution()->set_run_id(run_id);
    *task.mutable_workflow_type() = started.workflow_type();
    *task.mutable_history() = history;
    task.mutable_query()->set_query_type("__stack_trace");
    detail::workflow_run run(*type, {.space = "default",
                                     .workflow_id = workflow_id,
                                     .run_id = run_id,
                                     .workflow_type = started.workflow_type().name(),
                                     .task_queue = started.task_queue().name()});
    const detail::activation_result result = run.activate(task, {});
    return result.kind == detail::activation_kind::query_answered ? std::string() : result.reason;
}

}  // namespace perdure::test
