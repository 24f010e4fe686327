#include "sdk/testing/replay_check.hpp"

#include "sdk/replay/workflow_run.hpp"

namespace perdure::test {

std::string replay_trouble(const detail::workflow_registry& types, const std::string& workflow_id, const std::string& run_id,
                           const pb::history::History& history) {
    const auto& started = history.events(0).workflow_execution_started_event_attributes();
    const detail::workflow_type* type = types.find(started.workflow_type().name());
    if (type == nullptr) return "its type " + started.workflow_type().name() + " is not registered";
    detail::workflow_run run(*type, {.space = "default",
                                     .workflow_id = workflow_id,
                                     .run_id = run_id,
                                     .workflow_type = started.workflow_type().name(),
                                     .task_queue = started.task_queue().name()});
    const detail::activation_result result = run.replay(history.events(), true, {});
    return result.kind == detail::activation_kind::completed ? std::string() : result.reason;
}

}  // namespace perdure::test
