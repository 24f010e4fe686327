// Workflow tasks that follow an activity of this worker: run here before the server has scheduled them, answered with the result.

#include <algorithm>
#include <utility>

#include "api/time_convert.hpp"
#include "sdk/worker/core/oversize.hpp"
#include "sdk/worker/core/worker_core.hpp"

namespace perdure::detail {
namespace {

// A result that waits for workflow code is not to be what makes its activity time out.
constexpr std::chrono::seconds least_time_left{1};

// The result and what follows it: the activity's started and completed event, the task's scheduled and started one.
constexpr int foreseen_events = 4;
constexpr int completed_place = 3;

}  // namespace

void worker_core::foresee(activity_job& held, const pb::service::PollActivityTaskQueueResponse& task) {
    if (!task.has_perdure_foreseen_task() || options_.workflow_slots == 0) return;
    const auto& events = task.perdure_foreseen_task().history().events();
    if (events.size() < foreseen_events ||
        !events[events.size() - completed_place].has_activity_task_completed_event_attributes())
        return;
    // Activities may take hours, and the frame is not for holding.
    held.foreseen = std::make_shared<pb::service::PollWorkflowTaskQueueResponse>(task.perdure_foreseen_task());
    *held.foreseen->mutable_workflow_execution() = task.workflow_execution();
    *held.foreseen->mutable_workflow_type() = task.workflow_type();
    held.started = from_timestamp(task.started_time());
}

bool worker_core::may_go_ahead(const activity_job& held, moment now) const {
    if (held.foreseen == nullptr || held.given_up || draining_since_ || !link_.is_open()) return false;
    if (held.deadline && *held.deadline - now < least_time_left) return false;
    return workflow_jobs_.size() < options_.workflow_slots;
}

void worker_core::go_ahead(activity_job& held, std::shared_ptr<pb::worker::WorkerMessage> result, moment now) {
    auto task = std::move(held.foreseen);
    // No two clocks are compared: it is the server's time of the start, and what went by here since it was heard of.
    const auto ended = to_timestamp(held.started + (now - held.arrived));
    auto& events = *task->mutable_history()->mutable_events();
    for (int place = events.size() - completed_place; place < events.size(); ++place) *events[place].mutable_event_time() = ended;
    *events[events.size() - completed_place].mutable_activity_task_completed_event_attributes()->mutable_result() =
        result->activity_completed().result();

    const job_id job = ++last_job_;
    workflow_job& ahead = workflow_jobs_[job];
    ahead.from = queue::returned;
    ahead.run_id = task->workflow_execution().run_id();
    ahead.type = task->workflow_type().name();
    ahead.arrived = now;
    ahead.task = task;
    ahead.result = std::move(result);
    ahead.result_of = held.name;
    report_slots();
    dispatch_workflow(job, std::move(task));
}

void worker_core::send_foreseen(workflow_job& held, workflow_answer answer, moment now) {
    auto message = std::move(held.result);
    std::string name = "activity " + held.result_of;
    std::string token = message->activity_completed().task_token();
    auto* body = std::get_if<std::shared_ptr<pb::worker::WorkerMessage>>(&answer.body);
    // What went wrong is told by the task that the server makes of the result alone.
    if (body == nullptr || !(*body)->has_workflow_task_completed())
        return send_result(std::move(message), std::move(name), std::move(token), now);

    auto& commanded = *(*body)->mutable_workflow_task_completed();
    meter_.observe(latency::workflow_task_execution, held.type, now - held.arrived);
    complete_answer(commanded, answer.cached);
    std::shared_ptr<pb::worker::WorkerMessage> alone;
    if (options_.conversion) alone = std::make_shared<pb::worker::WorkerMessage>(*message);
    auto& foreseen = *message->mutable_activity_completed()->mutable_perdure_foreseen();
    foreseen.set_started_event_id(held.task->started_event_id());
    *foreseen.mutable_time() = held.task->history().events().rbegin()->event_time();
    foreseen.mutable_answer()->Swap(&commanded);
    if (encode(*message) || too_large(*message, link_.max_frame_bytes())) {
        effects_.emplace_back(evict_run{held.run_id});
        if (alone == nullptr) {
            alone = std::move(message);
            alone->mutable_activity_completed()->clear_perdure_foreseen();
        }
        return send_result(std::move(alone), std::move(name), std::move(token), now);
    }
    count_outcome(held.type, foreseen.answer());
    const std::uint32_t reserved = ask_for_eager(*foreseen.mutable_answer());
    request_ready(std::move(message),
                  {.what = request_subject::kind::foreseen_answer,
                   .run_id = held.run_id,
                   .name = std::move(name),
                   .result_of = std::move(token),
                   .eager_reserved = reserved},
                  now);
}

bool worker_core::is_ahead(const std::string& run_id) const {
    const auto is_foreseen_of = [&](const auto& job) { return job.second.result != nullptr && job.second.run_id == run_id; };
    return outbox_.has_foreseen(run_id) || std::ranges::any_of(workflow_jobs_, is_foreseen_of);
}

}  // namespace perdure::detail
