#include "history_service/engine/activity.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

void describe_scheduled(pb::history::HistoryEvent& event, const run_state& state, std::int32_t attempt, wall_time time) {
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
    *event.mutable_event_time() = to_timestamp(time);
    auto& scheduled = *event.mutable_workflow_task_scheduled_event_attributes();
    *scheduled.mutable_task_queue() = state.workflow_task.task_queue;
    *scheduled.mutable_start_to_close_timeout() = to_duration(state.workflow_task.start_to_close);
    scheduled.set_attempt(attempt);
}

void start_transient(mutation& change, const task_taker& taker, const std::string& request_id) {
    auto& start = change.change();
    auto& started = *start.mutable_workflow_task_started();
    started.set_started_event_id(change.state().workflow_task.scheduled_event_id + 1);
    started.set_request_id(request_id);
    started.set_identity(taker.identity);
    *started.mutable_time() = to_timestamp(change.now());
    say_extent(started, extent_of(change.state()), change.env().bounds);
    change.put(start);
}

void attach_queries(started_workflow_task& task, const query_book& book) {
    for (const auto& [id, query] : book.attached) (*task.response.mutable_queries())[id] = query;
}

void add_unstored(const run_state& state, started_workflow_task& started) {
    const auto& task = state.workflow_task;
    auto& scheduled = started.unstored_events.emplace_back();
    describe_scheduled(scheduled, state, task.attempt, task.scheduled_time);
    scheduled.set_event_id(task.scheduled_event_id);
    scheduled.set_task_id(task.scheduled_event_id);

    auto& event = started.unstored_events.emplace_back();
    event.set_event_id(task.started_event_id);
    event.set_task_id(task.started_event_id);
    event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
    *event.mutable_event_time() = to_timestamp(task.started_time);
    auto& start = *event.mutable_workflow_task_started_event_attributes();
    start.set_scheduled_event_id(task.scheduled_event_id);
    start.set_identity(task.identity);
    start.set_request_id(task.request_id);
    start.set_suggest_continue_as_new(task.suggest_continue_as_new);
    for (const auto reason : task.reasons) start.add_suggest_continue_as_new_reasons(reason);
    start.set_history_size_bytes(task.history_size_bytes);
}

}  // namespace

void start_stored_task(mutation& change, const std::string& identity, const std::string& request_id, const history_extent& seen) {
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
    auto& started = *event.mutable_workflow_task_started_event_attributes();
    started.set_scheduled_event_id(change.state().workflow_task.scheduled_event_id);
    started.set_identity(identity);
    started.set_request_id(request_id);
    say_extent(started, seen, change.env().bounds);
    change.add(event);
}

started_workflow_task describe_started_task(const run_state& state, bool sticky) {
    const auto& run = state.execution;
    const auto& task = state.workflow_task;
    started_workflow_task started;
    started.sticky = sticky;
    auto& response = started.response;
    response.mutable_workflow_execution()->set_workflow_id(run.key.workflow_id);
    response.mutable_workflow_execution()->set_run_id(run.key.run_id);
    *response.mutable_workflow_type() = run.started.workflow_type();
    response.set_previous_started_event_id(run.last_completed_started_event_id);
    response.set_started_event_id(task.started_event_id);
    response.set_attempt(task.attempt);
    *response.mutable_workflow_execution_task_queue() = run.started.task_queue();
    *response.mutable_scheduled_time() = to_timestamp(task.scheduled_time);
    *response.mutable_started_time() = to_timestamp(task.started_time);
    started.claim = {
        task.scheduled_event_id, task.started_event_id, task.attempt, start_id(task.request_id, task.started_time), "", false};
    started.stored_events = {sticky ? run.last_completed_started_event_id + 1 : 1, state.last_event_id()};
    if (task.transient()) add_unstored(state, started);
    return started;
}

started_workflow_task start_pending_task(mutation& change, query_book& book, const task_taker& taker,
                                         const std::string& request_id) {
    const auto& task = change.state().workflow_task;
    const bool sticky = taker.from_sticky_queue && task.task_queue.kind() == pb::enums::TASK_QUEUE_KIND_STICKY;
    if (task.transient() && task.scheduled_event_id != change.state().execution.next_event_id) {
        // Events came since: this is no repetition any more, so it is stored as a task of its own.
        auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
        describe_scheduled(event, change.state(), 1, change.now());
        change.add(event);
    }
    if (task.transient()) {
        start_transient(change, taker, request_id);
    } else {
        start_stored_task(change, taker.identity, request_id, extent_of(change.state()));
    }
    if (!taker.from_sticky_queue && task.sticky()) {
        // Whoever had the run in its cache did not take the task: what comes next goes to everybody.
        auto& cleared = change.change();
        cleared.mutable_sticky_cleared();
        change.put(cleared);
    }
    book.attached.merge(book.waiting);
    book.waiting.clear();
    auto started = describe_started_task(change.state(), sticky);
    attach_queries(started, book);
    return started;
}

bool claims_started_task(const run_state& state, const task_claim& claim) {
    const auto& task = state.workflow_task;
    return state.running() && task.is_started() && task.scheduled_event_id == claim.scheduled_event_id &&
           task.started_event_id == claim.started_event_id && task.attempt == claim.attempt &&
           is_start_id(claim.request_id, task.request_id, task.started_time);
}

service_failure workflow_task_not_found(const run_state& state) {
    return {status_code::not_found, "Workflow task not found: it was answered, timed out or given up, or the run is closed (" +
                                        name_of(state.key()) + "). Drop the result; the run goes on without it."};
}

result<workflow_task_start> start_workflow_task(run_state& state, query_book& book, const environment& env, const task_ref& task,
                                                const task_taker& taker) {
    const auto waiting = waiting_workflow_task(state);
    if (!waiting || waiting->task != task) return workflow_task_not_found(state);
    mutation change(state, env);
    workflow_task_start start{.task = start_pending_task(change, book, taker, env.ids.next())};
    start.change = change.finish();
    return start;
}

result<started_workflow_task> redeliver_workflow_task(const run_state& state, const query_book& book, const task_claim& claim) {
    if (!claims_started_task(state, claim)) return workflow_task_not_found(state);
    auto started = describe_started_task(state, false);
    attach_queries(started, book);
    return started;
}

}  // namespace perdure::history
