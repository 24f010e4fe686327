#include "history_service/engine/activity.hpp"
#include "history_service/engine/commands/check.hpp"
#include "history_service/engine/commands/execute.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/query_settle.hpp"
#include "history_service/engine/terminate.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

using completed_request = pb::service::RespondWorkflowTaskCompletedRequest;

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

std::int64_t write_completed(mutation& change, const completed_request& request) {
    const auto& task = change.state().workflow_task;
    auto& event = change.event(pb::enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
    auto& completed = *event.mutable_workflow_task_completed_event_attributes();
    completed.set_scheduled_event_id(task.scheduled_event_id);
    completed.set_started_event_id(task.started_event_id);
    completed.set_identity(request.identity());
    completed.set_binary_checksum(request.binary_checksum());
    if (request.has_worker_version_stamp()) *completed.mutable_worker_version() = request.worker_version_stamp();
    if (request.has_sdk_metadata()) *completed.mutable_sdk_metadata() = request.sdk_metadata();
    if (request.has_metering_metadata()) *completed.mutable_metering_metadata() = request.metering_metadata();
    return change.add(event);
}

void settle_stickiness(mutation& change, const completed_request& request) {
    auto& sticky = change.change();
    if (request.sticky_attributes().worker_task_queue().name().empty()) {
        if (!change.state().workflow_task.sticky()) return;
        sticky.mutable_sticky_cleared();
    } else {
        auto& set = *sticky.mutable_sticky_set();
        auto& queue = *set.mutable_task_queue();
        queue.set_name(request.sticky_attributes().worker_task_queue().name());
        queue.set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
        queue.set_normal_name(change.state().execution.started.task_queue().name());
        *set.mutable_schedule_to_start_timeout() = request.sticky_attributes().schedule_to_start_timeout();
    }
    change.put(sticky);
}

result<done> check_request(const environment& env, const completed_request& request, const command_list& commands) {
    if (auto checked = check_optional_name(env, "Identity", request.identity()); !checked) return checked;
    const auto& queue = request.sticky_attributes().worker_task_queue().name();
    if (auto checked = check_optional_name(env, "StickyAttributes.WorkerTaskQueue", queue); !checked) return checked;
    auto sticky = request.sticky_attributes().schedule_to_start_timeout();
    if (auto checked = check_and_cap("StickyAttributes.ScheduleToStartTimeout", sticky); !checked) return checked;
    return check_sequence(commands);
}

/// The task is failed for its commands: the worker is told, the run goes on.
workflow_task_completion reject(run_state& state, query_book& book, const environment& env, const task_failure& failure,
                                const std::string& identity) {
    workflow_task_completion completion;
    mutation change(state, env);
    fail_started_task(change, failure.cause, to_failure(failure), identity);
    schedule_workflow_task(change);
    change.refuse({status_code::invalid_argument, failure.message});
    completion.queries = requeue_attached(book);
    completion.change = change.finish();
    return completion;
}

void start_eager(mutation& change, const command_executor& executor, const std::string& identity,
                 workflow_task_completion& completion) {
    for (const auto& activity_id : executor.eager_activities()) {
        const auto found = change.state().activity_ids.find(activity_id);
        if (!change.state().running() || found == change.state().activity_ids.end()) continue;
        auto task = start_waiting_activity(change, found->second, identity, change.env().ids.next());
        // As Temporal has it: such a task travels without the policy.
        task.response.clear_retry_policy();
        completion.eager_activities.push_back(std::move(task));
    }
}

}  // namespace

result<workflow_task_completion> complete_workflow_task(run_state& state, query_book& book, const environment& env,
                                                        const task_claim& claim, const completed_request& request) {
    if (!claims_started_task(state, claim)) return workflow_task_not_found(state);
    auto record = new_record();
    // They hand their payloads over to their events, and so lie beside them.
    auto& commands = *google::protobuf::Arena::CreateMessage<command_list>(record->GetArena());
    commands = request.commands();
    if (auto checked = check_request(env, request, commands); !checked) return checked.error();

    const bool heartbeat = is_heartbeat(request);
    const bool given_up = heartbeat && heartbeats_too_long(state, env);
    const bool transient = state.workflow_task.transient();
    command_checker checker(state, env, state.execution.next_event_id + (transient ? 2 : 0));
    if (const auto failure = checker.check(commands)) {
        if (transient && failure->cause != pb::enums::WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND) {
            // It fails again and again: left to its time-out, it comes back ever more slowly.
            return service_failure{status_code::invalid_argument, failure->message};
        }
        return reject(state, book, env, *failure, request.identity());
    }

    workflow_task_completion completion;
    const auto heartbeat_since = state.workflow_task.original_scheduled_time;
    mutation change(state, env, std::move(record));
    bool next_task = request.force_create_new_workflow_task() || checker.has_unread_events();
    if (given_up) {
        time_out_task(change);
    } else {
        if (transient) write_transient(change, request.identity());
        const auto completed_event_id = write_completed(change, request);
        settle_stickiness(change, request);
        command_executor executor(change, completed_event_id, request.identity());
        executor.execute(commands);
        start_eager(change, executor, request.identity(), completion);
        next_task = next_task || executor.cancelled_at_once();
    }
    if (state.running()) {
        change.flush_buffer();
        if (next_task) {
            schedule_workflow_task(change, heartbeat && !given_up ? std::optional(heartbeat_since) : std::nullopt);
        }
        enforce_history_bounds(change);
    }
    completion.queries = settle_queries(book, state, env, request);
    if (request.return_new_workflow_task() && waiting_workflow_task(state)) {
        completion.next_task = start_pending_task(change, book, {request.identity(), true}, start_in_answer);
    }
    completion.change = change.finish();
    return completion;
}

}  // namespace perdure::history
