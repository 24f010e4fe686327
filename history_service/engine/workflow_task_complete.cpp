#include "history_service/engine/timing.hpp"
#include "history_service/engine/workflow_task.hpp"
#include "history_service/engine/workflow_task_answer.hpp"

namespace perdure::history {
namespace {

/// A worker that only says that it is still at it.
bool is_heartbeat(const completed_request& request) {
    return request.force_create_new_workflow_task() && request.commands().empty() && request.messages().empty();
}

bool heartbeats_too_long(const run_state& state, const environment& env) {
    return env.now > after(state.workflow_task.original_scheduled_time, env.bounds.workflow_task_heartbeat_total);
}

/// The events of a transient attempt, which are written now that it succeeded, with the times they happened at.
void write_transient(mutation& change, const std::string& identity) {
    const auto task = change.state().workflow_task;
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
    *event.mutable_event_time() = to_timestamp(task.scheduled_time);
    auto& scheduled = *event.mutable_workflow_task_scheduled_event_attributes();
    *scheduled.mutable_task_queue() = task.task_queue;
    *scheduled.mutable_start_to_close_timeout() = to_duration(task.start_to_close);
    scheduled.set_attempt(task.attempt);
    const auto scheduled_event_id = change.add(event);

    auto& start = change.event(pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
    *start.mutable_event_time() = to_timestamp(task.started_time);
    auto& started = *start.mutable_workflow_task_started_event_attributes();
    started.set_scheduled_event_id(scheduled_event_id);
    started.set_identity(identity);
    started.set_request_id(task.request_id);
    started.set_suggest_continue_as_new(task.suggest_continue_as_new);
    for (const auto reason : task.reasons) started.add_suggest_continue_as_new_reasons(reason);
    started.set_history_size_bytes(task.history_size_bytes);
    change.add(start);
}

}  // namespace

result<workflow_task_completion> complete_workflow_task(run_state& state, query_book& book, const environment& env,
                                                        const task_claim& claim, const completed_request& request) {
    if (!claims_started_task(state, claim)) return workflow_task_not_found(state);
    if (auto checked = check_answer(env, request); !checked) return checked.error();
    auto record = new_record();
    auto& commands = commands_beside(*record, request);

    const bool heartbeat = is_heartbeat(request);
    const bool given_up = heartbeat && heartbeats_too_long(state, env);
    const bool transient = state.workflow_task.transient();
    workflow_task_completion completion;
    command_checker checker(state, env, state.execution.next_event_id + (transient ? 2 : 0));
    if (const auto failure = checker.check(commands)) {
        if (transient && failure->cause != pb::enums::WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND) {
            // It fails again and again: left to its time-out, it comes back ever more slowly.
            return service_failure{status_code::invalid_argument, failure->message};
        }
        mutation change(state, env);
        reject_answer(change, book, *failure, request.identity(), completion);
        change.refuse({status_code::invalid_argument, failure->message});
        completion.change = change.finish();
        return completion;
    }

    const auto heartbeat_since = state.workflow_task.original_scheduled_time;
    mutation change(state, env, std::move(record));
    bool next_task = request.force_create_new_workflow_task() || checker.has_unread_events();
    if (given_up) {
        time_out_task(change);
    } else {
        if (transient) write_transient(change, request.identity());
        if (write_answer(change, request, commands, completion)) next_task = true;
    }
    end_answer(change, book, request, next_task, heartbeat && !given_up ? std::optional(heartbeat_since) : std::nullopt,
               completion);
    completion.change = change.finish();
    return completion;
}

}  // namespace perdure::history
