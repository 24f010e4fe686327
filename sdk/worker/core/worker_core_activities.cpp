// Activities: from the slot they take, over heartbeats and cancellation, to their answer.

#include <algorithm>
#include <utility>

#include "api/time_convert.hpp"
#include "sdk/worker/core/oversize.hpp"
#include "sdk/worker/core/worker_core.hpp"

namespace perdure::detail {
namespace {

constexpr const char* heartbeat_too_large =
    "its heartbeat details are larger than a frame may be; keep large data outside and refer to it";

}  // namespace

void worker_core::on_activity_task(bool eager, const std::shared_ptr<pb::service::PollActivityTaskQueueResponse>& received,
                                   moment now) {
    if (received->task_token().empty()) return;
    const auto trouble = decode(*received);
    const pb::service::PollActivityTaskQueueResponse& task = *received;
    const std::string& name = task.activity_type().name();
    const job_id job = ++last_job_;
    activity_job held{.token = task.task_token(),
                      .name = name,
                      .heartbeats = heartbeat_throttle(from_duration(task.heartbeat_timeout()),
                                                       options_.default_heartbeat_interval, options_.max_heartbeat_interval)};
    held.arrived = now;
    if (eager) {
        held.held = slots_.reserve_eager(1) == 1 ? slot::eager : slot::none;
    } else {
        slots_.use_credited();
    }
    const auto limit = from_duration(task.start_to_close_timeout());
    if (limit.count() > 0) held.deadline = now + limit;
    held.waited_before = between(task.scheduled_time(), task.started_time());
    meter_.observe(latency::activity_schedule_to_start, name,
                   between(task.current_attempt_scheduled_time(), task.started_time()));
    foresee(held, task);
    activity_jobs_.emplace(job, std::move(held));
    report_slots();
    if (trouble) {
        note(log_level::error, "activity " + name + " cannot be started: " + *trouble);
        return activity_done(job, activity_failed{make_codec_failure("the activity was not started: " + *trouble)}, now);
    }
    effects_.emplace_back(start_activity{job, received});
}

void worker_core::activity_done(job_id job, activity_answer answer, moment now) {
    using kind = request_subject::kind;
    auto node = activity_jobs_.extract(job);
    if (node.empty() || stopped_) return;
    activity_job& held = node.mapped();
    if (held.held == slot::eager) slots_.release_eager(1);
    if (held.held == slot::credited) slots_.release_credited();
    meter_.observe(latency::activity_execution, held.name, now - held.arrived);
    report_slots();

    auto message = std::make_shared<pb::worker::WorkerMessage>();
    std::string result_of;
    if (auto* completed = std::get_if<activity_completed>(&answer)) {
        meter_.observe(latency::activity_succeed_endtoend, held.name, held.waited_before + (now - held.arrived));
        auto& body = *message->mutable_activity_completed();
        body.set_task_token(held.token);
        body.set_identity(options_.identity);
        body.set_namespace_(options_.space);
        *body.mutable_result() = std::move(completed->result);
        result_of = held.token;
    }
    if (auto* cancelled = std::get_if<activity_cancelled>(&answer)) {
        // The answer has no field for them, so details that were held back go ahead of it.
        if (auto details = held.heartbeats.take_unsent();
            details && !held.given_up && !too_large(*details, link_.max_frame_bytes())) {
            auto beat = std::make_shared<pb::worker::WorkerMessage>();
            beat->mutable_activity_heartbeat()->set_task_token(held.token);
            beat->mutable_activity_heartbeat()->set_namespace_(options_.space);
            *beat->mutable_activity_heartbeat()->mutable_details() = std::move(*details);
            request(std::move(beat), {.what = kind::heartbeat, .name = "activity " + held.name}, now);
        }
        auto& body = *message->mutable_activity_canceled();
        body.set_task_token(held.token);
        body.set_identity(options_.identity);
        body.set_namespace_(options_.space);
        *body.mutable_details() = std::move(cancelled->details);
    }
    if (auto* failed = std::get_if<activity_failed>(&answer)) {
        meter_.add(counter::activity_execution_failed, held.name);
        auto& body = *message->mutable_activity_failed();
        body.set_task_token(held.token);
        body.set_identity(options_.identity);
        body.set_namespace_(options_.space);
        *body.mutable_failure() = std::move(failed->failure);
        if (auto details = held.heartbeats.take_unsent()) *body.mutable_last_heartbeat_details() = std::move(*details);
    }
    if (!result_of.empty() && may_go_ahead(held, now)) {
        go_ahead(held, std::move(message), now);
    } else if (message->body_case() != pb::worker::WorkerMessage::BODY_NOT_SET) {
        send_result(std::move(message), "activity " + held.name, std::move(result_of), now);
    }
    if (held.held == slot::credited) give_back(queue::activities);
    stop_if_drained(now);
}

void worker_core::send_result(std::shared_ptr<pb::worker::WorkerMessage> result, std::string name, std::string result_of,
                              moment now) {
    request(std::move(result),
            {.what = request_subject::kind::activity_answer, .name = std::move(name), .result_of = std::move(result_of)}, now);
}

void worker_core::fail_refused_result(const request_subject& subject, const std::string& reason, moment now) {
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    auto& body = *message->mutable_activity_failed();
    body.set_task_token(subject.result_of);
    body.set_identity(options_.identity);
    body.set_namespace_(options_.space);
    *body.mutable_failure() = result_refused(subject.name, reason);
    request(std::move(message), {.what = request_subject::kind::activity_answer, .name = subject.name}, now);
}

void worker_core::activity_heartbeat(job_id job, pb::common::Payloads details, moment now) {
    const auto found = activity_jobs_.find(job);
    if (found == activity_jobs_.end() || stopped_) return;
    if (too_large(details, link_.max_frame_bytes())) return cancel(job, found->second, heartbeat_too_large);
    if (!link_.is_open()) {
        // Recorded as unsent: it goes out with the first frame after the reconnect.
        found->second.heartbeats.lost();
        if (auto ready = found->second.heartbeats.record(std::move(details), now)) found->second.heartbeats.lost();
        return;
    }
    if (auto ready = found->second.heartbeats.record(std::move(details), now)) send_heartbeat(job, std::move(*ready), now);
}

void worker_core::send_heartbeat(job_id job, pb::common::Payloads details, moment now) {
    activity_job& held = activity_jobs_.at(job);
    auto message = std::make_shared<pb::worker::WorkerMessage>();
    auto& body = *message->mutable_activity_heartbeat();
    body.set_task_token(held.token);
    body.set_identity(options_.identity);
    body.set_namespace_(options_.space);
    *body.mutable_details() = std::move(details);
    if (const auto trouble = encode(*message)) return cancel(job, held, "its heartbeat details could not be sent: " + *trouble);
    if (too_large(*message, link_.max_frame_bytes())) return cancel(job, held, heartbeat_too_large);
    request_ready(std::move(message), {.what = request_subject::kind::heartbeat, .job = job, .name = "activity " + held.name},
                  now);
}

void worker_core::on_heartbeat_reply(std::uint64_t request_id, const pb::service::RecordActivityTaskHeartbeatResponse& reply) {
    const auto subject = outbox_.take(request_id);
    if (!subject) return;
    const auto found = activity_jobs_.find(subject->job);
    if (found == activity_jobs_.end()) return;
    found->second.heartbeats.acknowledged();
    if (!reply.cancel_requested()) return;
    cancel(found->first, found->second, "cancellation was requested", true);
}

void worker_core::on_cancel_requested(const pb::worker::ActivityCancelRequested& request) {
    // So rare that no activity has to be entered anywhere for it.
    const auto found =
        std::ranges::find_if(activity_jobs_, [&](const auto& running) { return running.second.token == request.task_token(); });
    if (found == activity_jobs_.end()) return;
    cancel(found->first, found->second, request.reason().empty() ? "cancellation was requested" : request.reason(), true);
}

void worker_core::cancel(job_id job, activity_job& running, std::string reason, bool requested) {
    // A request by the workflow is told even to an activity that is stopping already: it changes what its end means.
    if (running.cancel_asked && (!requested || running.cancel_requested)) return;
    running.cancel_asked = true;
    running.cancel_requested = running.cancel_requested || requested;
    effects_.emplace_back(cancel_activity{job, std::move(reason), requested});
}

void worker_core::advance_activities(moment now) {
    for (auto& [job, running] : activity_jobs_) {
        if (link_.is_open() && !running.given_up)
            if (auto details = running.heartbeats.take_due(now)) send_heartbeat(job, std::move(*details), now);
        if (running.deadline && now >= *running.deadline)
            cancel(job, running, "the attempt has used up its start-to-close timeout");
    }
}

}  // namespace perdure::detail
