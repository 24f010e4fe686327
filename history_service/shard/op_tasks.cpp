#include <utility>

#include "history_service/shard/core.hpp"
#include "history_service/shard/rows_of_state.hpp"

// Workers take tasks, and answer for workflow tasks.

namespace perdure::history {

using pb::service::PollActivityTaskQueueResponse;
using pb::service::PollWorkflowTaskQueueResponse;

namespace {

// Who gets work in an answer is kept from it until the answer is durable.
commit_queue::waiter waiter_for(const pb::service::RespondWorkflowTaskCompletedResponse& made) {
    const bool carries_work = made.has_workflow_task() || made.activity_tasks_size() > 0;
    return carries_work ? commit_queue::waiter::waits : commit_queue::waiter::has_time;
}

}  // namespace

void history_shard::core::start_workflow_task(run_number run, const task_ref& task, const task_taker& taker, bool normal_queue,
                                              workflow_task_reply done) {
    if (lost_lease_) return refuse(done, *lost_lease_);
    const auto found = entry_of(run);
    if (!found) return refuse(done, service_failure(found.error()));
    run_entry& entry = **found;
    task_taker by = taker;
    by.from_sticky_queue = !normal_queue;
    auto started = perdure::history::start_workflow_task(entry.state, entry.book, env(), task, by);
    if (!started) return refuse(done, std::move(started).error());
    record(entry, std::move(started->change));
    std::string token = token_of(entry, started->task.claim, perdure::task_kind::workflow);
    give_workflow_task(entry, std::move(done), finish_task(entry, std::move(started->task), std::move(token)));
}

// Nothing that the worker answers leaves before all of it is durable, and no token of a start that was lost finds its task.
void history_shard::core::give_workflow_task(run_entry& entry, workflow_task_reply done,
                                             result<PollWorkflowTaskQueueResponse>&& task) {
    const auto due = std::exchange(entry.woken_for, std::nullopt);
    if (due) {
        done = [this, due = *due, done = std::move(done)](result<PollWorkflowTaskQueueResponse>&& given) {
            if (given) around_.sink.wakeup_came(wakeup_stage::handed_over, now_ - due);
            done(std::move(given));
        };
    }
    if (runs_ahead_) return answer<PollWorkflowTaskQueueResponse>(std::move(done), std::move(task));
    answer_after<PollWorkflowTaskQueueResponse>(entry, std::move(done), std::move(task));
}

void history_shard::core::start_activity_task(run_number run, const task_ref& task, const task_taker& taker,
                                              activity_task_reply done) {
    if (lost_lease_) return refuse(done, *lost_lease_);
    const auto found = entry_of(run);
    if (!found) return refuse(done, service_failure(found.error()));
    run_entry& entry = **found;
    auto started = start_activity(entry.state, env(), task, taker);
    if (!started) return refuse(done, std::move(started).error());
    record(entry, std::move(started->change));
    answer_after<PollActivityTaskQueueResponse>(entry, std::move(done),
                                                finish_task(entry, std::move(started->task), taker.identity));
}

PollActivityTaskQueueResponse history_shard::core::finish_task(const run_entry& entry, started_activity_task&& task,
                                                               const std::string& worker) {
    PollActivityTaskQueueResponse finished = std::move(task.response);
    finished.set_task_token(token_of(entry, task.claim, perdure::task_kind::activity));
    foresee(entry, worker, finished);
    return finished;
}

void history_shard::core::foresee(const run_entry& entry, const std::string& worker, PollActivityTaskQueueResponse& task) {
    if (entry.is_unforeseeable) return;
    auto foreseen = foresee_workflow_task(entry.state, entry.book, options_.bounds, worker);
    // A guess is not worth a look into the store.
    if (!foreseen || foreseen->stored_events.first < entry.tail.first_event_id()) return;
    auto next = finish_task(entry, std::move(*foreseen), {});
    if (next && next->next_page_token().empty()) *task.mutable_perdure_foreseen_task() = std::move(*next);
}

void history_shard::core::redeliver_workflow_task(const std::string& token, workflow_task_reply done) {
    const auto claimed = claim_of({}, token, perdure::task_kind::workflow);
    if (!claimed) return refuse(done, service_failure(claimed.error()));
    run_entry& entry = *claimed->entry;
    auto again = perdure::history::redeliver_workflow_task(entry.state, entry.book, claimed->claim);
    if (!again) return refuse(done, std::move(again).error());
    give_workflow_task(entry, std::move(done), finish_task(entry, std::move(*again), token));
}

void history_shard::core::redeliver_activity_task(const std::string& token, activity_task_reply done) {
    const auto claimed = claim_of({}, token, perdure::task_kind::activity);
    if (!claimed) return refuse(done, service_failure(claimed.error()));
    auto again = redeliver_activity(claimed->entry->state, claimed->claim);
    if (!again) return refuse(done, std::move(again).error());
    again->response.set_task_token(token);
    answer_after<PollActivityTaskQueueResponse>(*claimed->entry, std::move(done), std::move(again->response));
}

void history_shard::core::respond_workflow_task_completed(const pb::service::RespondWorkflowTaskCompletedRequest& request,
                                                          reply<pb::service::RespondWorkflowTaskCompletedResponse> done) {
    using response = pb::service::RespondWorkflowTaskCompletedResponse;
    const auto claimed = claim_of(request.namespace_(), request.task_token(), perdure::task_kind::workflow);
    if (!claimed) return refuse(done, service_failure(claimed.error()));
    run_entry& entry = *claimed->entry;
    auto completed = complete_workflow_task(entry.state, entry.book, env(), claimed->claim, request);
    if (!completed) return refuse(done, std::move(completed).error());
    std::optional<service_failure> refusal = std::move(completed->change.refusal);
    record(entry, std::move(completed->change));
    response made = finish_answer(entry, std::move(*completed), request.identity());
    if (refusal) return answer_after<response>(entry, std::move(done), std::move(*refusal));
    const waiter who = waiter_for(made);
    answer_after<response>(entry, std::move(done), std::move(made), who);
}

pb::service::RespondWorkflowTaskCompletedResponse history_shard::core::finish_answer(run_entry& entry,
                                                                                     workflow_task_completion&& completed,
                                                                                     const std::string& worker) {
    settle_queries(entry, std::move(completed.queries));
    plan_waiting(entry);
    auto made = std::move(completed.response);
    for (started_activity_task& activity : completed.eager_activities)
        *made.add_activity_tasks() = finish_task(entry, std::move(activity), worker);
    if (completed.next_task) {
        std::string token = token_of(entry, completed.next_task->claim, perdure::task_kind::workflow);
        auto next = finish_task(entry, std::move(*completed.next_task), std::move(token));
        // The answer stands; the task that cannot be handed over now times out and comes again.
        if (next) *made.mutable_workflow_task() = std::move(*next);
    }
    return made;
}

void history_shard::core::respond_activity_task_completed(const pb::service::RespondActivityTaskCompletedRequest& request,
                                                          reply<pb::service::RespondActivityTaskCompletedResponse> done) {
    using response = pb::service::RespondActivityTaskCompletedResponse;
    const auto claimed = claim_of(request.namespace_(), request.task_token(), perdure::task_kind::activity);
    if (!claimed) return refuse(done, service_failure(claimed.error()));
    run_entry& entry = *claimed->entry;
    auto completed = complete_activity_and_task(entry.state, entry.book, env(), claimed->claim, request);
    if (!completed) return refuse(done, std::move(completed).error());
    if (request.has_perdure_foreseen()) {
        ++(completed->foreseen ? foreseen_.taken : foreseen_.passed_over);
        entry.is_unforeseeable = !completed->foreseen;
    }
    record(entry, std::move(completed->change));
    response made;
    waiter who = waiter::has_time;
    if (completed->foreseen) {
        auto& answered = *made.mutable_perdure_foreseen();
        answered = finish_answer(entry, std::move(*completed->foreseen), request.identity());
        who = waiter_for(answered);
    }
    answer_after<response>(entry, std::move(done), std::move(made), who);
}

void history_shard::core::respond_workflow_task_failed(const pb::service::RespondWorkflowTaskFailedRequest& request,
                                                       reply<pb::service::RespondWorkflowTaskFailedResponse> done) {
    using response = pb::service::RespondWorkflowTaskFailedResponse;
    const auto claimed = claim_of(request.namespace_(), request.task_token(), perdure::task_kind::workflow);
    if (!claimed) return refuse(done, service_failure(claimed.error()));
    run_entry& entry = *claimed->entry;
    auto failed = fail_workflow_task(entry.state, entry.book, env(), claimed->claim, request);
    if (!failed) return refuse(done, std::move(failed).error());
    record(entry, std::move(failed->change));
    settle_queries(entry, std::move(failed->queries));
    answer_after<response>(entry, std::move(done), response{});
}

// The store has what is durable; what was offered since the last commit is there once that commit is. So the question waits
// for everything before it, and tasks that were taken meanwhile are left out.
void history_shard::core::outstanding(const queue_key& queue, const task_position& after, std::size_t limit,
                                      reply<outstanding_page> done) {
    queue_.hold_for_all([this, queue, after, limit, done = std::move(done)](const service_failure* lost) {
        if (lost != nullptr) return refuse(done, unwritten(*lost));
        outstanding_page page;
        // A page of which nothing waits any more says nothing about where to go on.
        for (task_position from = after; !page.complete && page.tasks.empty();) {
            const auto tasks = around_.rows.outstanding_tasks(queue, from, limit);
            if (!tasks) return refuse(done, service_failure(tasks.error()));
            page.complete = tasks->size() < limit;
            if (!tasks->empty()) from = tasks->back().row.position;
            for (const stored_task& task : *tasks)
                if (auto offer = still_waiting(task)) page.tasks.push_back(std::move(*offer));
        }
        answer<outstanding_page>(done, std::move(page));
    });
}

// Memory knows better than a row; a run that is not in memory is as its rows say, and is not read for them.
std::optional<offered_task> history_shard::core::still_waiting(const stored_task& task) {
    const task_position& at = task.row.position;
    if (queue_.is_erased(at.run) || task.key.run_id.empty()) return std::nullopt;
    const task_ref ref{task.row.queue.kind, at.event_id, task.row.attempt};
    run_entry* entry = cache_.find(at.run);
    if (entry == nullptr && !task.row.queue.sticky)
        return offered_task{at.run, task.key, ref, task.row.queue, task.row.queue, at.scheduled};
    if (entry == nullptr) {
        // Where a sticky task belongs otherwise is in its run's state.
        const auto loaded = entry_of(at.run);
        if (!loaded) return std::nullopt;
        entry = *loaded;
    }
    const auto found = entry->outstanding.find(ref);
    if (found == entry->outstanding.end()) return std::nullopt;
    return offer_of(*entry, found->second);
}

}  // namespace perdure::history
