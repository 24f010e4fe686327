#include "history_service/engine/run_retry.hpp"

#include "history_service/engine/retry_policy.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {

run_retry plan_run_retry(const run_state& state, const environment& env, const pb::failure::Failure& failure) {
    const auto& run = state.execution;
    if (!run.started.has_retry_policy()) return {};
    const auto& policy = run.started.retry_policy();
    if (!is_retryable(failure, policy)) return {pb::enums::RETRY_STATE_NON_RETRYABLE_FAILURE, std::nullopt};
    const auto decision = decide_retry(retry_of::workflow, policy, run.started.attempt(), next_retry_delay(failure), env.now,
                                       run.execution_deadline);
    if (decision.state != pb::enums::RETRY_STATE_IN_PROGRESS) return {decision.state, std::nullopt};
    return {decision.state, retry_plan(state, env.ids.next(), decision.delay, failure)};
}

void time_out_run(mutation& change) {
    run_retry next{pb::enums::RETRY_STATE_TIMEOUT, std::nullopt};
    const auto& deadline = change.state().execution.execution_deadline;
    if (!deadline || *deadline > change.now()) {
        pb::failure::Failure failure;
        failure.set_message("workflow timeout");
        failure.set_source("Server");
        failure.mutable_timeout_failure_info()->set_timeout_type(pb::enums::TIMEOUT_TYPE_START_TO_CLOSE);
        next = plan_run_retry(change.state(), change.env(), failure);
    }
    give_up_started_task(change);
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT);
    auto& timed_out = *event.mutable_workflow_execution_timed_out_event_attributes();
    timed_out.set_retry_state(next.state);
    if (next.run) timed_out.set_new_execution_run_id(next.run->key.run_id);
    change.add(event);
    if (next.run) change.succeed_by(begin_run(change.env(), std::move(*next.run)));
}

}  // namespace perdure::history
