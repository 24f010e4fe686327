#include "history_service/engine/workflow_task_answer.hpp"

#include "history_service/engine/activity.hpp"
#include "history_service/engine/commands/execute.hpp"
#include "history_service/engine/query_settle.hpp"
#include "history_service/engine/terminate.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

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

bool is_sticky_as(const workflow_task_part& task, const journal::StickySet& wanted) {
    return task.sticky_queue.name() == wanted.task_queue().name() && task.foreseen_by == wanted.foreseen_by() &&
           task.sticky_schedule_to_start == from_duration(wanted.schedule_to_start_timeout());
}

void settle_stickiness(mutation& change, const completed_request& request) {
    const auto& wanted = request.sticky_attributes();
    auto& sticky = change.change();
    if (wanted.worker_task_queue().name().empty()) {
        if (!change.state().workflow_task.sticky()) return;
        sticky.mutable_sticky_cleared();
    } else {
        auto& set = *sticky.mutable_sticky_set();
        auto& queue = *set.mutable_task_queue();
        queue.set_name(wanted.worker_task_queue().name());
        queue.set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
        queue.set_normal_name(change.state().execution.started.task_queue().name());
        *set.mutable_schedule_to_start_timeout() = wanted.schedule_to_start_timeout();
        if (wanted.perdure_foresees()) set.set_foreseen_by(request.identity());
        // A run mostly stays where it is: its record need not say so each time.
        if (is_sticky_as(change.state().workflow_task, set)) return;
    }
    change.put(sticky);
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

result<done> check_answer(const environment& env, const completed_request& request) {
    if (auto checked = check_optional_name(env, "Identity", request.identity()); !checked) return checked;
    const auto& queue = request.sticky_attributes().worker_task_queue().name();
    if (auto checked = check_optional_name(env, "StickyAttributes.WorkerTaskQueue", queue); !checked) return checked;
    auto sticky = request.sticky_attributes().schedule_to_start_timeout();
    if (auto checked = check_and_cap("StickyAttributes.ScheduleToStartTimeout", sticky); !checked) return checked;
    return check_sequence(request.commands());
}

command_list& commands_beside(journal::JournalRecord& record, const completed_request& request) {
    auto& commands = *google::protobuf::Arena::CreateMessage<command_list>(record.GetArena());
    commands = request.commands();
    return commands;
}

bool write_answer(mutation& change, const completed_request& request, command_list& commands,
                  workflow_task_completion& completion) {
    const auto completed_event_id = write_completed(change, request);
    settle_stickiness(change, request);
    command_executor executor(change, completed_event_id, request.identity());
    executor.execute(commands);
    start_eager(change, executor, request.identity(), completion);
    return executor.cancelled_at_once();
}

void end_answer(mutation& change, query_book& book, const completed_request& request, bool next_task,
                std::optional<wall_time> heartbeat_since, workflow_task_completion& completion) {
    const auto& state = change.state();
    if (state.running()) {
        change.flush_buffer();
        if (next_task) schedule_workflow_task(change, heartbeat_since);
        enforce_history_bounds(change);
    }
    completion.queries = settle_queries(book, state, change.env(), request);
    if (request.return_new_workflow_task() && waiting_workflow_task(state)) {
        completion.next_task = start_pending_task(change, book, {request.identity(), true}, start_in_answer);
    }
}

void reject_answer(mutation& change, query_book& book, const task_failure& failure, const std::string& identity,
                   workflow_task_completion& completion) {
    fail_started_task(change, failure.cause, to_failure(failure), identity);
    schedule_workflow_task(change);
    completion.queries = requeue_attached(book);
}

}  // namespace perdure::history
