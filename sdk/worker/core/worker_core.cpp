#include "sdk/worker/core/worker_core.hpp"

#include <algorithm>
#include <utility>

#include "api/result.hpp"

namespace perdure::detail {
namespace {

constexpr std::uint32_t protocol_version = 1;

std::string seconds_text(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    return std::to_string(count / 1000) + "." + std::to_string(count % 1000 / 100) + " s";
}

bool worth_repeating(std::uint32_t code) {
    return service_failure{.code = static_cast<status_code>(code), .message = {}}.retryable();
}

// The operation of Temporal's service that a request stands for, as metrics name it.
std::string_view operation_of(request_subject::kind what) {
    switch (what) {
        case request_subject::kind::workflow_answer:
            return "RespondWorkflowTaskCompleted";
        case request_subject::kind::query_answer:
            return "RespondQueryTaskCompleted";
        case request_subject::kind::activity_answer:
        case request_subject::kind::foreseen_answer:
            return "RespondActivityTaskCompleted";
        case request_subject::kind::heartbeat:
            return "RecordActivityTaskHeartbeat";
        case request_subject::kind::history:
            return "GetWorkflowExecutionHistory";
    }
    return {};
}

class null_meter final : public meter {
  public:
    void add(counter, std::string_view) override {}
    void observe(latency, std::string_view, std::chrono::nanoseconds) override {}
    void set(gauge, std::int64_t) override {}
    void change(gauge, std::int64_t) override {}
    void add_named(std::string_view, std::string_view, double) override {}
};

}  // namespace

meter& no_meter() noexcept {
    static null_meter none;
    return none;
}

worker_core::worker_core(core_options options, meter& measurements)
    : options_(std::move(options)),
      meter_(measurements),
      link_(options_),
      slots_(options_.activity_slots, options_.eager_activities) {
    meter_.add(counter::worker_start, {});
}

void worker_core::connected(moment now) {
    link_.connected(now);
    pb::worker::WorkerMessage hello;
    auto& body = *hello.mutable_hello();
    body.set_protocol_version(protocol_version);
    body.set_namespace_(options_.space);
    body.set_identity(options_.identity);
    body.set_build_id(options_.build_id);
    body.set_sdk_name("perdure-cpp");
    body.set_sdk_version("0.1.0");
    // The only message that goes before the welcome, so it cannot take `tell`, which waits for it.
    effects_.emplace_back(send_frame{{std::make_shared<const pb::worker::WorkerMessage>(std::move(hello))}});
}

void worker_core::disconnected(const std::string& reason, moment now) {
    if (stopped_ || link_.state() == link::phase::waiting) return;
    lose_connection(reason, now);
}

void worker_core::lose_connection(const std::string& reason, moment now) {
    link_.disconnected(now);
    meter_.set(gauge::num_pollers, 0);
    frame_.clear();
    frame_bytes_ = 0;
    returned_credits_ = {};
    for (auto& [job, running] : activity_jobs_) running.heartbeats.lost();
    note(log_level::warning,
         "lost the connection to the server (" + reason + "); connecting again in " + seconds_text(link_.last_pause()));
    stop_if_drained(now);
}

void worker_core::receive(const frame_ptr& frame, moment now) {
    if (stopped_ || link_.state() == link::phase::waiting) return;
    link_.heard(now);
    for (auto& message : *frame->mutable_messages()) {
        on_message(frame, message, now);
        if (stopped_) return;
    }
}

void worker_core::on_message(const frame_ptr& frame, pb::worker::ServerMessage& message, moment now) {
    using body = pb::worker::ServerMessage;
    const std::uint64_t id = message.request_id();
    switch (message.body_case()) {
        case body::kWelcome:
            return on_welcome(message.welcome(), now);
        case body::kWorkflowTask: {
            auto& push = *message.mutable_workflow_task();
            return on_workflow_task(static_cast<queue>(push.subscription()), {frame, push.mutable_task()}, now);
        }
        case body::kActivityTask:
            return on_activity_task(false, {frame, message.mutable_activity_task()->mutable_task()}, now);
        case body::kActivityCancelRequested:
            return on_cancel_requested(message.activity_cancel_requested());
        case body::kShutdown:
            link_.come_back_after(std::chrono::milliseconds(message.shutdown().reconnect_after_ms()));
            return note(log_level::info, "the server is going away");
        case body::kPong:
            return;
        case body::kError:
            return on_error(id, message.error(), now);
        case body::kDone:
            if (const auto subject = outbox_.take(id)) on_done(*subject, now);
            return stop_if_drained(now);
        case body::kWorkflowTaskCompleted:
            return on_workflow_reply(frame, id, *message.mutable_workflow_task_completed(), now);
        case body::kActivityHeartbeat:
            return on_heartbeat_reply(id, message.activity_heartbeat());
        case body::kGetHistory:
            return on_history(frame, id, *message.mutable_get_history(), now);
        case body::BODY_NOT_SET:
            return note(log_level::warning, "the server sent a message that this worker does not know");
    }
}

void worker_core::on_welcome(const pb::worker::Welcome& welcome, moment now) {
    link_.welcomed(welcome, now);
    note(log_level::info, "connected to a server of version " + welcome.server_version());
    if (!draining_since_) subscribe();
    if (draining_since_) {
        pb::worker::WorkerMessage message;
        message.mutable_drain();
        tell(std::move(message));
    }
    for (auto& message : outbox_.resend_all()) tell(std::move(message));
    // Heartbeats that did not get through go first thing.
    advance_activities(now);
}

void worker_core::subscribe() {
    int pollers = 0;
    const auto open = [this, &pollers](queue subscription, pb::worker::TaskKind kind, const std::string& name,
                                       std::uint32_t credits) {
        pb::worker::WorkerMessage message;
        auto& body = *message.mutable_subscribe();
        body.set_subscription(static_cast<std::uint32_t>(subscription));
        body.set_kind(kind);
        body.mutable_task_queue()->set_name(name);
        if (subscription == queue::sticky) {
            body.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
            body.mutable_task_queue()->set_normal_name(options_.task_queue);
        } else {
            body.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_NORMAL);
        }
        if (subscription == queue::activities) body.set_max_tasks_per_second(options_.max_activities_per_second);
        tell(std::move(message));
        grant(subscription, credits);
        meter_.add(counter::poller_start, {});
        ++pollers;
    };
    const auto in_hand = [this](queue from) {
        return static_cast<std::uint32_t>(
            std::ranges::count_if(workflow_jobs_, [&](const auto& job) { return job.second.from == from; }));
    };
    const auto left = [this](std::uint32_t used) { return options_.workflow_slots - std::min(used, options_.workflow_slots); };
    if (options_.workflow_slots > 0) {
        open(queue::normal, pb::worker::TASK_KIND_WORKFLOW, options_.task_queue, left(in_hand(queue::normal)));
        if (!options_.sticky_queue.empty())
            open(queue::sticky, pb::worker::TASK_KIND_WORKFLOW, options_.sticky_queue, left(in_hand(queue::sticky)));
    }
    if (options_.activity_slots > 0)
        open(queue::activities, pb::worker::TASK_KIND_ACTIVITY, options_.task_queue, slots_.free_credits());
    meter_.set(gauge::num_pollers, pollers);
}

void worker_core::grant(queue subscription, std::uint32_t count) {
    if (count == 0 || draining_since_ || !link_.is_open() || subscription == queue::returned) return;
    pb::worker::WorkerMessage message;
    message.mutable_credit()->set_subscription(static_cast<std::uint32_t>(subscription));
    message.mutable_credit()->set_count(count);
    tell(std::move(message));
}

void worker_core::give_back(queue subscription) {
    // A new connection counts for itself what is free.
    if (link_.is_open()) ++returned_credits_.at(static_cast<std::size_t>(subscription));
}

void worker_core::tell(pb::worker::WorkerMessage message) {
    tell(std::make_shared<const pb::worker::WorkerMessage>(std::move(message)));
}

void worker_core::tell(worker_message message) {
    if (!link_.is_open()) return;
    const std::size_t bytes = bytes_in_frame(*message);
    if (frame_bytes_ != 0 && frame_bytes_ + bytes > link_.max_frame_bytes()) flush();
    frame_bytes_ += bytes;
    frame_.push_back(std::move(message));
}

void worker_core::request(std::shared_ptr<pb::worker::WorkerMessage> message, request_subject subject, moment now) {
    make_ready(*message, subject.name);
    request_ready(std::move(message), std::move(subject), now);
}

void worker_core::request_ready(std::shared_ptr<pb::worker::WorkerMessage> message, request_subject subject, moment now) {
    subject.sent_at = now;
    meter_.add(counter::request, operation_of(subject.what));
    tell(outbox_.add(std::move(message), std::move(subject)));
}

void worker_core::on_error(std::uint64_t request_id, const pb::worker::Error& error, moment now) {
    if (request_id == 0) {
        const bool final = link_.state() == link::phase::greeting && !worth_repeating(error.code());
        if (!final) return note(log_level::warning, "the server complains about this connection: " + error.message());
        stopped_ = true;
        effects_.emplace_back(close_connection{"the server refused this worker"});
        effects_.emplace_back(stopped{"the server refused this worker: " + error.message()});
        return;
    }
    if (worth_repeating(error.code()) && outbox_.postpone(request_id, now)) {
        return note(log_level::warning, "the server could not take an answer yet: " + error.message());
    }
    if (const auto subject = outbox_.take(request_id)) refused(*subject, error, now);
    stop_if_drained(now);
}

void worker_core::on_done(const request_subject& subject, moment now) {
    acknowledged(subject, now);
    if (subject.what != request_subject::kind::foreseen_answer) return;
    // The result was taken and the answer was not: something else had happened to the run, which is ahead of it now.
    if (subject.eager_reserved > 0) slots_.release_eager(subject.eager_reserved);
    effects_.emplace_back(evict_run{subject.run_id});
}

void worker_core::acknowledged(const request_subject& subject, moment now) {
    meter_.observe(latency::request, operation_of(subject.what), now - subject.sent_at);
}

void worker_core::refused(const request_subject& subject, const pb::worker::Error& error, moment now) {
    using kind = request_subject::kind;
    meter_.add(counter::request_failure, operation_of(subject.what));
    if (subject.eager_reserved > 0) slots_.release_eager(subject.eager_reserved);
    switch (subject.what) {
        case kind::workflow_answer:
            note(log_level::warning, "the answer for the " + subject.name + " was refused: " + error.message());
            effects_.emplace_back(evict_run{subject.run_id});
            return;
        case kind::query_answer:
        case kind::activity_answer:
        case kind::foreseen_answer:
            if (subject.what == kind::foreseen_answer) effects_.emplace_back(evict_run{subject.run_id});
            note(log_level::warning, "the answer for the " + subject.name + " was refused: " + error.message());
            // What the server can never take must not leave the activity to its time-outs, attempt after attempt.
            if (!subject.result_of.empty() && error.code() == static_cast<std::uint32_t>(status_code::invalid_argument))
                fail_refused_result(subject, error.message(), now);
            return;
        case kind::heartbeat:
            if (const auto found = activity_jobs_.find(subject.job); found != activity_jobs_.end()) {
                found->second.given_up = true;
                cancel(found->first, found->second, "the server has given this attempt up: " + error.message());
            }
            return;
        case kind::history:
            note(log_level::warning, "the history for the " + subject.name + " is not to be had: " + error.message());
            if (workflow_jobs_.contains(subject.job)) finish_workflow(subject.job);
            return;
    }
}

void worker_core::drain(moment now) {
    if (draining_since_ || stopped_) return;
    draining_since_ = now;
    if (link_.is_open()) {
        pb::worker::WorkerMessage message;
        message.mutable_drain();
        tell(std::move(message));
    }
    note(log_level::info, "draining: " + std::to_string(workflow_jobs_.size()) + " workflow tasks and " +
                              std::to_string(activity_jobs_.size()) + " activities are under way");
    stop_if_drained(now);
}

void worker_core::stop_if_drained(moment now) {
    if (!draining_since_ || stopped_) return;
    const auto limit = *draining_since_ + options_.drain_timeout + options_.stop_grace;
    const bool idle = workflow_jobs_.empty() && activity_jobs_.empty();
    const bool never_heard = !link_.is_open() && outbox_.empty();
    if (!(idle && (outbox_.empty() || never_heard)) && now < limit) return;
    if (!idle)
        note(log_level::warning, "stopping with " + std::to_string(activity_jobs_.size()) +
                                     " activities that did not stop when asked; they are retried as their policies say");
    flush();
    stopped_ = true;
    effects_.emplace_back(close_connection{"drained"});
    effects_.emplace_back(stopped{});
}

void worker_core::advance(moment now) {
    if (stopped_) return;
    if (link_.is_dead(now)) {
        effects_.emplace_back(close_connection{.reason = "the server has been silent for too long", .hangs = true});
        lose_connection("the server has been silent for too long", now);
        if (stopped_) return;
    }
    if (link_.start_connecting(now)) effects_.emplace_back(open_connection{});
    if (link_.take_ping(now)) {
        pb::worker::WorkerMessage message;
        message.mutable_ping();
        tell(std::move(message));
    }
    if (link_.is_open())
        for (auto& message : outbox_.take_due(now)) tell(std::move(message));
    advance_activities(now);
    if (draining_since_ && !asked_all_to_stop_ && now >= *draining_since_ + options_.drain_timeout) {
        asked_all_to_stop_ = true;
        for (auto& [job, running] : activity_jobs_) cancel(job, running, "the worker is shutting down");
    }
    stop_if_drained(now);
}

std::optional<moment> worker_core::next_due() const {
    if (stopped_) return std::nullopt;
    std::optional<moment> earliest = link_.next_due();
    const auto consider = [&](std::optional<moment> due) {
        if (due && (!earliest || *due < *earliest)) earliest = due;
    };
    if (link_.is_open()) consider(outbox_.next_due());
    for (const auto& [job, running] : activity_jobs_) {
        if (link_.is_open()) consider(running.heartbeats.due());
        if (!running.cancel_asked) consider(running.deadline);
    }
    if (draining_since_)
        consider(*draining_since_ + options_.drain_timeout +
                 (asked_all_to_stop_ ? options_.stop_grace : std::chrono::milliseconds{}));
    return earliest;
}

void worker_core::note(log_level how, std::string text) { effects_.emplace_back(say{how, std::move(text)}); }

void worker_core::flush() {
    for (const queue subscription : {queue::returned, queue::normal, queue::sticky, queue::activities})
        grant(subscription, std::exchange(returned_credits_.at(static_cast<std::size_t>(subscription)), 0));
    if (frame_.empty()) return;
    effects_.emplace_back(send_frame{std::exchange(frame_, {})});
    frame_bytes_ = 0;
}

std::vector<effect> worker_core::take_effects() {
    if (link_.is_open()) flush();
    return std::exchange(effects_, {});
}

}  // namespace perdure::detail
