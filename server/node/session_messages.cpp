#include "api/ids.hpp"
#include "server/node/node_core.hpp"
#include "server/node/queue_names.hpp"
#include "server/node/session.hpp"
#include "server/node/session_answers.hpp"

#include <cmath>
#include <utility>

#ifndef PERDURE_VERSION
#error "PERDURE_VERSION must come from the build"
#endif

namespace perdure::server {
namespace {

using message_type = pb::worker::WorkerMessage;

/// The newest version of the worker protocol that this server speaks; it speaks all before it.
constexpr std::uint32_t newest_version = 1;

service_failure invalid(std::string message) { return {status_code::invalid_argument, std::move(message)}; }

}  // namespace

bool session::on_message(message_type& message) {
    const std::uint64_t id = message.request_id();
    if (message.body_case() == message_type::kHello) return on_hello(id, message.hello());
    if (phase_ == phase::greeting) {
        return fail(id, {status_code::failed_precondition,
                         "the first message on a worker stream must be Hello; say who you are before anything else"});
    }
    switch (message.body_case()) {
        case message_type::kSubscribe:
            return on_subscribe(id, message.subscribe());
        case message_type::kUnsubscribe:
            on_unsubscribe(id, message.unsubscribe());
            return true;
        case message_type::kCredit:
            on_credit(id, message.credit());
            return true;
        case message_type::kDrain:
            on_drain(id);
            return true;
        case message_type::kPing: {
            pb::worker::ServerMessage pong;
            pong.set_request_id(id);
            pong.mutable_pong();
            send(std::move(pong));
            return true;
        }
        case message_type::BODY_NOT_SET:
            complain(id, {status_code::unimplemented, "this server does not know that kind of message; it speaks version " +
                                                          std::to_string(newest_version) + " of the worker protocol"});
            return true;
        default:
            return on_request(message);
    }
}

bool session::on_hello(std::uint64_t request_id, const pb::worker::Hello& hello) {
    if (phase_ != phase::greeting) {
        return fail(request_id,
                    {status_code::failed_precondition, "Hello was said already; it is the first message and comes once"});
    }
    if (hello.protocol_version() == 0) {
        return fail(request_id, invalid("protocol_version is not set in Hello; this server speaks versions 1 to " +
                                        std::to_string(newest_version)));
    }
    if (const auto wrong = node_->check_namespace(hello.namespace_())) return fail(request_id, *wrong);
    if (const auto wrong = check_id("identity", hello.identity())) return fail(request_id, *wrong);
    if (node_->session_count() > node_->options().max_sessions) {
        return fail(request_id, {status_code::resource_exhausted,
                                 "this server has " + std::to_string(node_->options().max_sessions) +
                                     " worker connections and takes no more; come back later or raise the limit"});
    }
    name_space_ = hello.namespace_();
    identity_ = hello.identity();
    phase_ = phase::open;
    pb::worker::ServerMessage message;
    message.set_request_id(request_id);
    auto& welcome = *message.mutable_welcome();
    welcome.set_protocol_version(std::min(hello.protocol_version(), newest_version));
    welcome.set_server_version(PERDURE_VERSION);
    welcome.set_max_frame_bytes(node_->options().max_frame_bytes);
    welcome.set_idle_timeout_ms(static_cast<std::uint32_t>(node_->options().session_idle_timeout.count()));
    send(std::move(message));
    return true;
}

std::optional<service_failure> session::check_subscription(const pb::worker::Subscribe& wanted) const {
    if (wanted.kind() != pb::worker::TASK_KIND_WORKFLOW && wanted.kind() != pb::worker::TASK_KIND_ACTIVITY) {
        return invalid("kind is not set in Subscribe; say TASK_KIND_WORKFLOW or TASK_KIND_ACTIVITY");
    }
    if (const auto wrong = check_required_id("task_queue.name", wanted.task_queue().name())) return wrong;
    if (wanted.kind() == pb::worker::TASK_KIND_ACTIVITY && wanted.task_queue().kind() == pb::enums::TASK_QUEUE_KIND_STICKY) {
        return invalid("task queue '" + wanted.task_queue().name() + "' is sticky; activities have normal queues only");
    }
    if (!std::isfinite(wanted.max_tasks_per_second()) || wanted.max_tasks_per_second() < 0) {
        return invalid("max_tasks_per_second must be a number of 0 (no limit) or more");
    }
    if (subscriptions_.size() >= node_->options().max_subscriptions_a_session) {
        return service_failure{status_code::resource_exhausted,
                               "this connection has " + std::to_string(subscriptions_.size()) +
                                   " subscriptions and gets no more; give up one or open another connection"};
    }
    return std::nullopt;
}

bool session::on_subscribe(std::uint64_t request_id, const pb::worker::Subscribe& wanted) {
    if (subscriptions_.contains(wanted.subscription())) {
        return fail(request_id, {status_code::failed_precondition,
                                 "subscription " + std::to_string(wanted.subscription()) +
                                     " exists already on this connection; give each subscription a number of its own"});
    }
    if (const auto wrong = check_subscription(wanted)) {
        complain(request_id, *wrong);
        return true;
    }
    const auto kind =
        wanted.kind() == pb::worker::TASK_KIND_WORKFLOW ? matching::task_kind::workflow : matching::task_kind::activity;
    subscription& made = subscriptions_[wanted.subscription()];
    made.queue = queue_of(name_space_, wanted.task_queue(), kind);
    if (phase_ == phase::open) {
        made.poller = node_->tasks().subscribe(made.queue, identity_, wanted.max_tasks_per_second(), *this);
        if (held_) node_->tasks().hold(made.poller, true);
    }
    answer<done>(request_id, done{});
    return true;
}

void session::on_unsubscribe(std::uint64_t request_id, const pb::worker::Unsubscribe& gone) {
    const auto found = subscriptions_.find(gone.subscription());
    if (found == subscriptions_.end()) {
        complain(request_id, {status_code::not_found,
                              "there is no subscription " + std::to_string(gone.subscription()) + " on this connection to end"});
        return;
    }
    const matching::poller_id poller = found->second.poller;
    subscriptions_.erase(found);
    if (poller != 0) node_->tasks().leave(poller);
    answer<done>(request_id, done{});
}

void session::on_credit(std::uint64_t request_id, const pb::worker::Credit& more) {
    const auto found = subscriptions_.find(more.subscription());
    if (found == subscriptions_.end()) {
        complain(request_id, {status_code::not_found, "there is no subscription " + std::to_string(more.subscription()) +
                                                          " on this connection to give credit to; Subscribe comes first"});
        return;
    }
    if (found->second.poller != 0) node_->tasks().credit(found->second.poller, more.count());
    answer<done>(request_id, done{});
}

void session::on_drain(std::uint64_t request_id) {
    phase_ = phase::draining;
    leave_queues();
    answer<done>(request_id, done{});
}

bool session::on_request(message_type& message) {
    const std::uint64_t id = message.request_id();
    switch (message.body_case()) {
        case message_type::kWorkflowTaskCompleted:
            on_workflow_task_completed(id, *message.mutable_workflow_task_completed());
            break;
        case message_type::kWorkflowTaskFailed: {
            auto& request = *message.mutable_workflow_task_failed();
            if (!adopt(id, request)) break;
            auto to = settling<pb::service::RespondWorkflowTaskFailedResponse>(id, request.task_token());
            node_->respond_workflow_task_failed(std::move(request), std::move(to));
            break;
        }
        case message_type::kQueryCompleted: {
            auto& request = *message.mutable_query_completed();
            if (!adopt(id, request)) break;
            auto to = settling<pb::service::RespondQueryTaskCompletedResponse>(id, request.task_token());
            node_->respond_query_task_completed(std::move(request), std::move(to));
            break;
        }
        case message_type::kActivityCompleted:
            on_activity_completed(id, *message.mutable_activity_completed());
            break;
        case message_type::kActivityFailed: {
            auto& request = *message.mutable_activity_failed();
            if (!adopt(id, request)) break;
            auto to = settling<pb::service::RespondActivityTaskFailedResponse>(id, request.task_token());
            node_->respond_activity_task_failed(std::move(request), std::move(to));
            break;
        }
        case message_type::kActivityCanceled: {
            auto& request = *message.mutable_activity_canceled();
            if (!adopt(id, request)) break;
            auto to = settling<pb::service::RespondActivityTaskCanceledResponse>(id, request.task_token());
            node_->respond_activity_task_canceled(std::move(request), std::move(to));
            break;
        }
        case message_type::kActivityHeartbeat: {
            auto& request = *message.mutable_activity_heartbeat();
            if (!adopt(id, request)) break;
            // A worker that came back on a new connection is known again by its first sign of life.
            node_->running(request.task_token(), id_);
            auto to = answering<pb::service::RecordActivityTaskHeartbeatResponse>(id);
            node_->record_activity_task_heartbeat(request, [node = node_, token = request.task_token(), to = std::move(to)](
                                                               result<pb::service::RecordActivityTaskHeartbeatResponse>&& what) {
                if (!what && !what.error().retryable()) node->not_running(token);
                to(std::move(what));
            });
            break;
        }
        case message_type::kResetSticky: {
            auto& request = *message.mutable_reset_sticky();
            if (!adopt(id, request)) break;
            node_->reset_sticky_task_queue(std::move(request), answering<pb::service::ResetStickyTaskQueueResponse>(id));
            break;
        }
        case message_type::kGetHistory: {
            auto& request = *message.mutable_get_history();
            if (!adopt(id, request)) break;
            node_->get_workflow_execution_history(std::move(request),
                                                  answering<pb::service::GetWorkflowExecutionHistoryResponse>(id));
            break;
        }
        default:
            break;
    }
    return true;
}

void session::on_workflow_task_completed(std::uint64_t request_id, pb::service::RespondWorkflowTaskCompletedRequest& request) {
    if (!adopt(request_id, request)) return;
    node_->complete_workflow_task(request, answering_workflow_task(request_id, request.task_token(), request));
}

void session::on_activity_completed(std::uint64_t request_id, pb::service::RespondActivityTaskCompletedRequest& request) {
    using response = pb::service::RespondActivityTaskCompletedResponse;
    if (!adopt(request_id, request)) return;
    auto alone = settling<response>(request_id, request.task_token());
    if (!request.has_perdure_foreseen()) return node_->complete_activity(request, std::move(alone));
    auto& foreseen = *request.mutable_perdure_foreseen()->mutable_answer();
    if (!adopt(request_id, foreseen)) return;
    auto both = answering_workflow_task(request_id, request.task_token(), foreseen);
    node_->complete_activity(request, [alone = std::move(alone), both = std::move(both)](result<response>&& what) {
        if (what && what->has_perdure_foreseen()) return both(std::move(*what->mutable_perdure_foreseen()));
        alone(std::move(what));
    });
}

reply<pb::service::RespondWorkflowTaskCompletedResponse> session::answering_workflow_task(
    std::uint64_t request_id, const std::string& task_token, const pb::service::RespondWorkflowTaskCompletedRequest& request) {
    // Where the tasks that travel in the answer would wait, should nobody be there to take it.
    std::map<std::string, std::string> eager_queues;
    for (const auto& command : request.commands()) {
        const auto& activity = command.schedule_activity_task_command_attributes();
        if (activity.request_eager_execution()) eager_queues[activity.activity_id()] = activity.task_queue().name();
    }
    return [node = node_, id = id_, request_id, token = task_token, space = name_space_,
            eager_queues = std::move(eager_queues)](result<pb::service::RespondWorkflowTaskCompletedResponse>&& what) {
        if (session* to = node->find_session(id)) {
            if (what || !what.error().retryable()) to->settle(token);
            if (what)
                to->hand_over(*what);
            else
                node->note_refused_answer(to->identity_, token, what.error());
            to->answer(request_id, std::move(what));
            return;
        }
        if (!what) return;
        if (const auto& next = what->workflow_task(); !next.task_token().empty()) {
            node->tasks().lost_eager({space, next.workflow_execution_task_queue().name(), matching::task_kind::workflow, false},
                                     next.task_token());
        }
        for (const auto& activity : what->activity_tasks()) {
            const auto queue = eager_queues.find(activity.activity_id());
            if (queue == eager_queues.end()) continue;
            node->tasks().lost_eager({space, queue->second, matching::task_kind::activity, false}, activity.task_token());
        }
    };
}

}  // namespace perdure::server
