#include "api/assert.hpp"
#include "history_service/engine/activity.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/workflow_task.hpp"
#include "history_service/engine/workflow_task_answer.hpp"

// Workflow tasks that workers run by themselves when the activity that their run waits for has ended with them.

namespace perdure::history {
namespace {

// The events from the result on: the activity's started and completed one, the task's scheduled and started one.
constexpr std::int64_t completed_offset = 1;
constexpr std::int64_t scheduled_offset = 2;
constexpr std::int64_t started_offset = 3;

/// A result would schedule a workflow task at once, and this task would bring nothing else.
bool brings_result_alone(const run_state& state, const query_book& book) {
    const auto& task = state.workflow_task;
    return state.running() && state.execution.has_completed_task() && !state.execution.first_task_time && !task.pending() &&
           !task.transient() && state.buffer.empty() && book.empty();
}

pb::history::HistoryEvent& add_event(started_workflow_task& task, std::int64_t id, pb::enums::EventType type) {
    auto& event = task.unstored_events.emplace_back();
    event.set_event_id(id);
    event.set_event_type(type);
    return event;
}

bool came_as_foreseen(const run_state& state, const query_book& book, const environment& env, const task_claim& claim,
                      const pb::service::PerdureForeseenAnswer& foreseen) {
    const auto activity = state.activities.find(claim.scheduled_event_id);
    if (activity == state.activities.end() || !activity->second.started || !brings_result_alone(state, book)) return false;
    // Ids only grow: where the next one is the same, so is the history.
    if (foreseen.started_event_id() != state.execution.next_event_id + started_offset) return false;
    const auto time = from_timestamp(foreseen.time());
    if (time < activity->second.started_time || time > env.now) return false;
    // As late as the answer to a task that the server started.
    return env.now - time <= from_duration(state.execution.started.workflow_task_timeout());
}

}  // namespace

std::optional<started_workflow_task> foresee_workflow_task(const run_state& state, const query_book& book, const limits& bounds,
                                                           const std::string& worker) {
    const auto& by = state.workflow_task.foreseen_by;
    if (by.empty() || by != worker || state.activities.size() != 1 || !brings_result_alone(state, book)) return std::nullopt;
    const auto& run = state.execution;
    const auto activity = state.activities.begin()->first;
    const auto next = run.next_event_id;

    started_workflow_task foreseen;
    foreseen.sticky = true;
    foreseen.stored_events = {run.last_completed_started_event_id + 1, state.last_event_id()};
    auto& response = foreseen.response;
    response.set_previous_started_event_id(run.last_completed_started_event_id);
    response.set_started_event_id(next + started_offset);
    response.set_attempt(1);
    add_event(foreseen, next, pb::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED)
        .mutable_activity_task_started_event_attributes()
        ->set_scheduled_event_id(activity);
    auto& completed = *add_event(foreseen, next + completed_offset, pb::enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
                           .mutable_activity_task_completed_event_attributes();
    completed.set_scheduled_event_id(activity);
    completed.set_started_event_id(next);
    add_event(foreseen, next + scheduled_offset, pb::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
    auto& started = *add_event(foreseen, next + started_offset, pb::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED)
                         .mutable_workflow_task_started_event_attributes();
    started.set_scheduled_event_id(next + scheduled_offset);
    say_extent(started, extent_of(state), bounds);
    return foreseen;
}

result<activity_completion> complete_activity_and_task(run_state& state, query_book& book, const environment& env,
                                                       const task_claim& claim,
                                                       const pb::service::RespondActivityTaskCompletedRequest& request) {
    const auto& foreseen = request.perdure_foreseen();
    if (!request.has_perdure_foreseen() || !came_as_foreseen(state, book, env, claim, foreseen) ||
        !check_answer(env, foreseen.answer())) {
        auto alone = complete_activity(state, env, claim, request);
        if (!alone) return alone.error();
        return activity_completion{.change = *std::move(alone)};
    }
    if (auto checked = check_result(state, env, claim, request); !checked) return checked.error();
    auto record = new_record();
    auto& commands = commands_beside(*record, foreseen.answer());
    activity_completion completion;
    const environment then{from_timestamp(foreseen.time()), env.ids, env.bounds};
    // The workflow was told of the history as it was when its task was foreseen.
    const auto seen = extent_of(state);
    mutation change(state, then, std::move(record));
    write_result(change, claim, request);
    // A history at its bounds ends with the result.
    if (waiting_workflow_task(state)) {
        start_stored_task(change, request.identity(), env.ids.next(), seen);
        PERDURE_ASSERT(state.workflow_task.started_event_id == foreseen.started_event_id(), "the task is the foreseen one");
        workflow_task_completion answered;
        command_checker checker(state, then, state.execution.next_event_id);
        if (const auto failure = checker.check(commands)) {
            reject_answer(change, book, *failure, request.identity(), answered);
        } else {
            const bool next_task = write_answer(change, foreseen.answer(), commands, answered);
            end_answer(change, book, foreseen.answer(), next_task || foreseen.answer().force_create_new_workflow_task(),
                       std::nullopt, answered);
            completion.foreseen = std::move(answered);
        }
    }
    completion.change = change.finish();
    return completion;
}

}  // namespace perdure::history
