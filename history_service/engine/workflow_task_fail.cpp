#include "api/failure.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/query_settle.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

/// The end of an attempt that has no event of its own.
void close_transient(mutation& change) {
    const auto& task = change.state().workflow_task;
    auto& closed = change.change();
    closed.mutable_workflow_task_closed()->set_next_attempt(task.sticky() ? 1 : task.attempt + 1);
    change.put(closed);
}

}  // namespace

void fail_started_task(mutation& change, pb::enums::WorkflowTaskFailedCause cause,
                       const std::optional<pb::failure::Failure>& failure, const std::string& identity) {
    const auto& task = change.state().workflow_task;
    if (task.transient()) {
        close_transient(change);
    } else {
        auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_TASK_FAILED);
        auto& failed = *event.mutable_workflow_task_failed_event_attributes();
        failed.set_scheduled_event_id(task.scheduled_event_id);
        failed.set_started_event_id(task.started_event_id);
        failed.set_cause(cause);
        if (failure) *failed.mutable_failure() = *failure;
        failed.set_identity(identity);
        change.add(event);
    }
    if (cause == pb::enums::WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND) {
        auto& attempted = change.change();
        attempted.mutable_close_attempted();
        change.put(attempted);
    }
}

void give_up_started_task(mutation& change) {
    if (!change.state().workflow_task.is_started()) return;
    fail_started_task(change, pb::enums::WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND, std::nullopt, engine_identity);
    change.flush_buffer();
}

void time_out_task(mutation& change) {
    const auto& task = change.state().workflow_task;
    if (task.transient()) return close_transient(change);
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT);
    auto& timed_out = *event.mutable_workflow_task_timed_out_event_attributes();
    timed_out.set_scheduled_event_id(task.scheduled_event_id);
    timed_out.set_started_event_id(task.started_event_id);
    timed_out.set_timeout_type(task.is_started() ? pb::enums::TIMEOUT_TYPE_START_TO_CLOSE
                                                 : pb::enums::TIMEOUT_TYPE_SCHEDULE_TO_START);
    change.add(event);
}

result<workflow_task_failure> fail_workflow_task(run_state& state, query_book& book, const environment& env,
                                                 const task_claim& claim,
                                                 const pb::service::RespondWorkflowTaskFailedRequest& request) {
    if (!claims_started_task(state, claim)) return workflow_task_not_found(state);
    if (!pb::enums::WorkflowTaskFailedCause_IsValid(request.cause())) {
        return service_failure{status_code::invalid_argument, "Cause has the unknown value " +
                                                                  std::to_string(static_cast<int>(request.cause())) +
                                                                  "; use a documented cause of workflow task failures."};
    }
    std::optional<pb::failure::Failure> failure;
    if (request.has_failure()) failure = bounded_failure(request.failure(), env.bounds.payload_bytes);
    workflow_task_failure failed;
    mutation change(state, env);
    fail_started_task(change, request.cause(), failure, request.identity());
    schedule_workflow_task(change);
    failed.queries = requeue_attached(book);
    failed.change = change.finish();
    return failed;
}

}  // namespace perdure::history
