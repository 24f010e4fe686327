#include "history_service/engine/run_creation.hpp"

#include "history_service/engine/timing.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

void receive(mutation& change, const pb::history::HistoryEvent& message) {
    auto& event = change.event(message.event_type());
    event = message;
    event.clear_event_id();
    *event.mutable_event_time() = to_timestamp(change.now());
    if (event.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) {
        auto& signaled = *event.mutable_workflow_execution_signaled_event_attributes();
        if (const auto& id = signaled.request_id(); !id.empty() && !change.state().seen_requests.contains(id)) {
            auto& seen = change.change();
            seen.mutable_request_seen()->set_request_id(id);
            change.put(seen);
        }
        signaled.clear_request_id();
    }
    change.add(event);
}

/// What both kinds of next run share.
run_plan next_in_chain(const run_state& state, const std::string& run_id) {
    const auto& run = state.execution;
    run_plan plan;
    plan.key = {run.key.namespace_name, run.key.workflow_id, run_id};
    plan.execution_deadline = run.execution_deadline;
    auto& started = plan.started;
    started.set_workflow_id(run.key.workflow_id);
    started.set_original_execution_run_id(run_id);
    started.set_first_execution_run_id(run.started.first_execution_run_id());
    started.set_continued_execution_run_id(run.key.run_id);
    if (run.started.has_workflow_execution_timeout()) {
        *started.mutable_workflow_execution_timeout() = run.started.workflow_execution_timeout();
    }
    if (run.execution_deadline) {
        *started.mutable_workflow_execution_expiration_time() = to_timestamp(*run.execution_deadline);
    }
    if (!run.reset_points.points().empty()) *started.mutable_prev_auto_reset_points() = run.reset_points;
    if (run.started.has_priority()) *started.mutable_priority() = run.started.priority();
    started.set_attempt(1);
    return plan;
}

}  // namespace

created_run begin_run(const environment& env, run_plan plan) {
    created_run created;
    mutation change(created.state, env);

    auto& identity = change.change();
    auto& run = *identity.mutable_run_created();
    run.set_namespace_(plan.key.namespace_name);
    run.set_workflow_id(plan.key.workflow_id);
    run.set_run_id(plan.key.run_id);
    run.set_request_id(plan.request_id);
    if (plan.execution_deadline) *run.mutable_execution_deadline() = to_timestamp(*plan.execution_deadline);
    change.put(identity);

    const auto delay = from_duration(plan.started.first_workflow_task_backoff());
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    *event.mutable_workflow_execution_started_event_attributes() = std::move(plan.started);
    if (plan.user_metadata.has_summary() || plan.user_metadata.has_details()) {
        *event.mutable_user_metadata() = std::move(plan.user_metadata);
    }
    change.add(event);
    for (const auto& message : plan.received) receive(change, message);

    if (delay > milliseconds::zero()) {
        auto& delayed = change.change();
        *delayed.mutable_first_task_delayed()->mutable_until() = to_timestamp(after(env.now, delay));
        change.put(delayed);
    } else {
        schedule_workflow_task(change);
    }
    auto done = change.finish();
    created.record = std::move(done.record);
    created.consequences = std::move(done.consequences);
    return created;
}

std::vector<pb::history::HistoryEvent> unread_messages(const run_state& state) {
    std::vector<pb::history::HistoryEvent> unread;
    for (const auto& event : state.buffer) {
        if (event.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED ||
            event.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED) {
            unread.push_back(event);
        }
    }
    return unread;
}

run_plan retry_plan(const run_state& state, const std::string& run_id, milliseconds delay, const pb::failure::Failure& failure) {
    auto plan = next_in_chain(state, run_id);
    const auto& before = state.execution.started;
    auto& started = plan.started;
    *started.mutable_workflow_type() = before.workflow_type();
    *started.mutable_task_queue() = before.task_queue();
    if (before.has_input()) *started.mutable_input() = before.input();
    if (before.has_header()) *started.mutable_header() = before.header();
    if (before.has_memo()) *started.mutable_memo() = before.memo();
    if (before.has_search_attributes()) *started.mutable_search_attributes() = before.search_attributes();
    if (before.has_last_completion_result()) *started.mutable_last_completion_result() = before.last_completion_result();
    if (before.has_workflow_run_timeout()) *started.mutable_workflow_run_timeout() = before.workflow_run_timeout();
    *started.mutable_workflow_task_timeout() = before.workflow_task_timeout();
    *started.mutable_retry_policy() = before.retry_policy();
    *started.mutable_continued_failure() = failure;
    *started.mutable_first_workflow_task_backoff() = to_duration(delay);
    started.set_initiator(pb::enums::CONTINUE_AS_NEW_INITIATOR_RETRY);
    started.set_attempt(before.attempt() + 1);
    plan.user_metadata = state.execution.user_metadata;
    return plan;
}

run_plan continuation_plan(const run_state& state, const std::string& run_id,
                           const pb::command::ContinueAsNewWorkflowExecutionCommandAttributes& command) {
    auto plan = next_in_chain(state, run_id);
    auto& started = plan.started;
    *started.mutable_workflow_type() = command.workflow_type();
    *started.mutable_task_queue() = command.task_queue();
    if (command.has_input()) *started.mutable_input() = command.input();
    if (command.has_header()) *started.mutable_header() = command.header();
    if (command.has_memo()) *started.mutable_memo() = command.memo();
    if (command.has_search_attributes()) *started.mutable_search_attributes() = command.search_attributes();
    if (command.has_last_completion_result()) *started.mutable_last_completion_result() = command.last_completion_result();
    *started.mutable_workflow_run_timeout() = command.workflow_run_timeout();
    *started.mutable_workflow_task_timeout() = command.workflow_task_timeout();
    if (command.has_retry_policy()) *started.mutable_retry_policy() = command.retry_policy();
    if (command.has_failure()) *started.mutable_continued_failure() = command.failure();
    started.mutable_first_workflow_task_backoff();
    if (command.has_backoff_start_interval()) {
        *started.mutable_first_workflow_task_backoff() = command.backoff_start_interval();
    }
    started.set_initiator(command.initiator() == pb::enums::CONTINUE_AS_NEW_INITIATOR_UNSPECIFIED
                              ? pb::enums::CONTINUE_AS_NEW_INITIATOR_WORKFLOW
                              : command.initiator());
    if (command.initiator() == pb::enums::CONTINUE_AS_NEW_INITIATOR_RETRY) {
        started.set_attempt(state.execution.started.attempt() + 1);
    }
    plan.received = unread_messages(state);
    plan.user_metadata = state.execution.user_metadata;
    return plan;
}

}  // namespace perdure::history
