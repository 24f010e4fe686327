// Workflow tasks: from their arrival, over a history that may have to be fetched, to the answer and its reply.

#include <algorithm>
#include <utility>

#include "api/time_convert.hpp"
#include "sdk/worker/core/worker_core.hpp"

namespace perdure::detail {
namespace {

std::string describe(const std::string& run_id, const std::string& type) {
    return "workflow task of run " + run_id + " (" + type + ")";
}

// The pages of a fetched history hold what is stored; the events of a transient task come with the task alone.
// What was fetched up to where the task's own events begin, and then these: later events are not the task's.
void put_before(pb::history::History& fetched, const pb::history::History& task_events) {
    if (task_events.events().empty()) return;
    auto& events = *fetched.mutable_events();
    while (!events.empty() && events.rbegin()->event_id() >= task_events.events(0).event_id()) events.RemoveLast();
    events.MergeFrom(task_events.events());
}

// A task that can take the parts of a frame without a copy.
std::shared_ptr<pb::service::PollWorkflowTaskQueueResponse> task_beside(const std::shared_ptr<pb::worker::FromServer>& frame) {
    using task = pb::service::PollWorkflowTaskQueueResponse;
    if (auto* arena = frame->GetArena()) return {frame, google::protobuf::Arena::CreateMessage<task>(arena)};
    return std::make_shared<task>();
}

}  // namespace

void worker_core::count_outcome(const std::string& type, const pb::service::RespondWorkflowTaskCompletedRequest& answer) {
    if (answer.commands_size() == 0) return;
    switch (answer.commands(answer.commands_size() - 1).command_type()) {
        case pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            return meter_.add(counter::workflow_completed, type);
        case pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
            return meter_.add(counter::workflow_failed, type);
        case pb::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
            return meter_.add(counter::workflow_canceled, type);
        case pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
            return meter_.add(counter::workflow_continue_as_new, type);
        default:
            return;
    }
}

void worker_core::on_workflow_task(queue from, const std::shared_ptr<pb::service::PollWorkflowTaskQueueResponse>& received,
                                   moment now) {
    if (received->task_token().empty()) return;
    const auto trouble = decode(*received);
    const pb::service::PollWorkflowTaskQueueResponse& task = *received;
    const job_id job = ++last_job_;
    workflow_job& held = workflow_jobs_[job];
    held.from = from;
    held.run_id = task.workflow_execution().run_id();
    held.type = task.workflow_type().name();
    held.attempt = task.attempt();
    held.arrived = now;
    meter_.add(counter::workflow_task_queue_poll_succeed, held.type);
    if (task.has_scheduled_time() && task.has_started_time())
        meter_.observe(latency::workflow_task_schedule_to_start, held.type, between(task.scheduled_time(), task.started_time()));
    report_slots();
    if (trouble) return refuse_workflow_task(job, task, *trouble, now);
    held.task = received;
    // A query is about what happened, and whether a foreseen task will have is not known yet.
    if (task.has_query() && is_ahead(held.run_id)) effects_.emplace_back(evict_run{held.run_id});
    dispatch_workflow(job, received);
}

void worker_core::report_slots() {
    const auto workflows = static_cast<std::int64_t>(workflow_jobs_.size());
    meter_.set(gauge::workflow_slots_used, workflows);
    meter_.set(gauge::workflow_slots_available, std::max<std::int64_t>(0, options_.workflow_slots - workflows));
    meter_.set(gauge::activity_slots_used, slots_.used());
    meter_.set(gauge::activity_slots_available, std::int64_t{slots_.total()} - std::int64_t{slots_.used()});
}

void worker_core::dispatch_workflow(job_id job, workflow_task_ptr task) {
    effects_.emplace_back(run_workflow_task{job, std::move(task)});
}

void worker_core::workflow_done(job_id job, workflow_answer answer, moment now) {
    const auto found = workflow_jobs_.find(job);
    if (found == workflow_jobs_.end() || stopped_) return;
    workflow_job& held = found->second;
    if (held.result != nullptr) {
        send_foreseen(held, std::move(answer), now);
        finish_workflow(job);
        return stop_if_drained(now);
    }
    if (std::holds_alternative<needs_history>(answer.body)) {
        // The pages that the task has a token for end with events that no other page has yet.
        const std::string rest = held.task->next_page_token();
        if (rest.empty()) meter_.add(counter::sticky_cache_miss, held.type);
        held.whole.reset();
        held.fetching = true;
        return fetch_history(job, rest, now);
    }
    meter_.observe(latency::workflow_task_execution, held.type, now - held.arrived);
    if (auto* message = std::get_if<std::shared_ptr<pb::worker::WorkerMessage>>(&answer.body)) {
        send_answer(held, std::move(*message), answer.cached, now);
    } else {
        meter_.add(counter::workflow_task_no_completion, held.type);
    }
    finish_workflow(job);
    stop_if_drained(now);
}

void worker_core::send_answer(const workflow_job& held, std::shared_ptr<pb::worker::WorkerMessage> message, bool cached,
                              moment now) {
    using kind = request_subject::kind;
    using body = pb::worker::WorkerMessage;
    switch (message->body_case()) {
        case body::kWorkflowTaskCompleted:
            count_outcome(held.type, message->workflow_task_completed());
            return send_completed(held, std::move(message), cached, now);
        case body::kWorkflowTaskFailed: {
            meter_.add(counter::workflow_task_execution_failed, held.type);
            auto& failed = *message->mutable_workflow_task_failed();
            failed.set_identity(options_.identity);
            failed.set_namespace_(options_.space);
            return request(std::move(message),
                           {.what = kind::workflow_answer, .run_id = held.run_id, .name = describe(held.run_id, held.type)}, now);
        }
        case body::kQueryCompleted:
            message->mutable_query_completed()->set_namespace_(options_.space);
            return request(std::move(message),
                           {.what = kind::query_answer, .run_id = held.run_id, .name = "query of run " + held.run_id}, now);
        default:
            PERDURE_ASSERT(false, "a workflow task is completed, failed, or its query answered");
    }
}

void worker_core::send_completed(const workflow_job& held, std::shared_ptr<pb::worker::WorkerMessage> message, bool cached,
                                 moment now) {
    complete_answer(*message->mutable_workflow_task_completed(), cached);
    std::string name = describe(held.run_id, held.type);
    make_ready(*message, name);
    const bool stands = message->has_workflow_task_completed();
    if (!stands) {
        // The run is a step ahead of what the server will know.
        effects_.emplace_back(evict_run{held.run_id});
        // Told once; a task that fails again and again is left to its growing time-out.
        if (held.attempt > 1) return;
    }
    const std::uint32_t reserved = stands ? ask_for_eager(*message->mutable_workflow_task_completed()) : 0;
    request_ready(std::move(message),
                  {.what = request_subject::kind::workflow_answer,
                   .run_id = held.run_id,
                   .name = std::move(name),
                   .eager_reserved = reserved},
                  now);
}

void worker_core::complete_answer(pb::service::RespondWorkflowTaskCompletedRequest& answer, bool cached) const {
    answer.set_identity(options_.identity);
    answer.set_namespace_(options_.space);
    answer.set_binary_checksum(options_.build_id);
    if (!cached || options_.sticky_queue.empty() || draining_since_) return;
    auto& sticky = *answer.mutable_sticky_attributes();
    sticky.mutable_worker_task_queue()->set_name(options_.sticky_queue);
    sticky.mutable_worker_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
    sticky.mutable_worker_task_queue()->set_normal_name(options_.task_queue);
    *sticky.mutable_schedule_to_start_timeout() = to_duration(options_.sticky_timeout);
    sticky.set_perdure_foresees(true);
}

std::uint32_t worker_core::ask_for_eager(pb::service::RespondWorkflowTaskCompletedRequest& answer) {
    std::uint32_t reserved = 0;
    for (auto& command : *answer.mutable_commands()) {
        if (!command.has_schedule_activity_task_command_attributes()) continue;
        auto& activity = *command.mutable_schedule_activity_task_command_attributes();
        const bool here = activity.task_queue().name().empty() || activity.task_queue().name() == options_.task_queue;
        const bool free = here && !draining_since_ && slots_.reserve_eager(1) == 1;
        if (free) ++reserved;
        activity.set_request_eager_execution(free);
    }
    return reserved;
}

void worker_core::on_workflow_reply(const frame_ptr& frame, std::uint64_t request_id,
                                    pb::service::RespondWorkflowTaskCompletedResponse& reply, moment now) {
    const auto subject = outbox_.take(request_id);
    if (!subject) return;
    acknowledged(*subject, now);
    // The reservation ends here; each activity that came takes a slot of its own.
    if (subject->eager_reserved > 0) slots_.release_eager(subject->eager_reserved);
    for (auto& task : *reply.mutable_activity_tasks()) on_activity_task(true, {frame, &task}, now);
    if (reply.has_workflow_task()) on_workflow_task(queue::returned, {frame, reply.mutable_workflow_task()}, now);
    stop_if_drained(now);
}

void worker_core::fetch_history(job_id job, std::string page_token, moment now) {
    const workflow_job& held = workflow_jobs_.at(job);
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    auto& ask = *message->mutable_get_history();
    ask.set_namespace_(options_.space);
    ask.mutable_execution()->set_workflow_id(held.task->workflow_execution().workflow_id());
    ask.mutable_execution()->set_run_id(held.run_id);
    ask.set_next_page_token(std::move(page_token));
    request(std::move(message),
            {.what = request_subject::kind::history, .job = job, .run_id = held.run_id, .name = describe(held.run_id, held.type)},
            now);
}

void worker_core::on_history(const frame_ptr& frame, std::uint64_t request_id,
                             pb::service::GetWorkflowExecutionHistoryResponse& page, moment now) {
    const auto subject = outbox_.take(request_id);
    if (!subject) return;
    acknowledged(*subject, now);
    const auto found = workflow_jobs_.find(subject->job);
    if (found == workflow_jobs_.end() || !found->second.fetching) return;
    workflow_job& held = found->second;
    if (const auto trouble = decode(page)) return refuse_workflow_task(subject->job, *held.task, *trouble, now);
    const bool goes_on = !held.task->next_page_token().empty();
    const bool is_first = held.whole == nullptr;
    if (is_first) {
        held.whole = task_beside(frame);
        *held.whole = *held.task;
        held.whole->clear_next_page_token();
    }
    if (is_first && !goes_on) {
        held.whole->mutable_history()->Swap(page.mutable_history());
    } else {
        held.whole->mutable_history()->MergeFrom(page.history());
    }
    if (!page.next_page_token().empty()) return fetch_history(subject->job, page.next_page_token(), now);

    if (!goes_on) put_before(*held.whole->mutable_history(), held.task->history());
    held.fetching = false;
    held.task = std::move(held.whole);
    dispatch_workflow(subject->job, held.task);
}

void worker_core::finish_workflow(job_id job) {
    const auto found = workflow_jobs_.find(job);
    const queue from = found->second.from;
    workflow_jobs_.erase(found);
    report_slots();
    give_back(from);
}

}  // namespace perdure::detail
