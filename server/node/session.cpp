#include "server/node/session.hpp"

#include "server/node/node_core.hpp"
#include "server/node/session_answers.hpp"

#include <utility>

namespace perdure::server {

using matching::match;
using matching::poller_id;

session::session(node_core& node, std::uint64_t id, session_sink sink) : node_(&node), id_(id), sink_(std::move(sink)) {}

session::~session() {
    if (node_ == nullptr || phase_ == phase::closed) return;
    // First nobody finds it any more, so that nothing comes to it while it goes.
    phase_ = phase::closed;
    node_->forget_session(id_);
    leave_queues();
    give_back_tasks();
}

void session::receive(pb::worker::FromWorker& frame) {
    if (node_ == nullptr || phase_ == phase::closed) return;
    node_core& node = *node_;
    // What these answers schedule goes to this worker, if it has room: it saves a way, and the cache is warm.
    node.tasks().favour([this](const matching::queue_key& queue) { return serves(queue); });
    node.shard().together([&] {
        for (pb::worker::WorkerMessage& message : *frame.mutable_messages()) {
            if (node_ == nullptr || phase_ == phase::closed) return;
            if (!on_message(message)) return;
        }
    });
    node.tasks().favour({});
}

void session::set_unsent_bytes(std::size_t bytes) {
    if (node_ == nullptr || phase_ == phase::closed) return;
    const std::size_t bound = node_->options().unread_bytes;
    // Two marks, so that a worker that reads slowly is not held and let go with every frame.
    const bool hold = held_ ? bytes > bound / 2 : bytes > bound;
    if (hold == held_) return;
    held_ = hold;
    for (const auto& [number, one] : subscriptions_) {
        if (one.poller != 0) node_->tasks().hold(one.poller, held_);
    }
}

// --- What goes to the worker ----------------------------------------------------------------------------------------

void session::send(pb::worker::ServerMessage&& message) { sink_.send(std::move(message)); }

bool session::take(const match& made, pb::service::PollWorkflowTaskQueueResponse& task) {
    const auto number = subscription_of(made.poller);
    if (phase_ != phase::open || !number) return false;
    remember(made, task.task_token());
    pb::worker::ServerMessage message;
    message.mutable_workflow_task()->set_subscription(*number);
    *message.mutable_workflow_task()->mutable_task() = std::move(task);
    send(std::move(message));
    return true;
}

bool session::take(const match& made, pb::service::PollActivityTaskQueueResponse& task) {
    const auto number = subscription_of(made.poller);
    if (phase_ != phase::open || !number) return false;
    node_->running(task.task_token(), id_);
    pb::worker::ServerMessage message;
    message.mutable_activity_task()->set_subscription(*number);
    *message.mutable_activity_task()->mutable_task() = std::move(task);
    send(std::move(message));
    return true;
}

void session::push_cancel(const std::string& task_token, const std::string& reason) {
    pb::worker::ServerMessage message;
    message.mutable_activity_cancel_requested()->set_task_token(task_token);
    message.mutable_activity_cancel_requested()->set_reason(reason);
    send(std::move(message));
}

void session::hand_over(const pb::service::RespondWorkflowTaskCompletedResponse& response) {
    if (response.has_workflow_task() && !response.workflow_task().task_token().empty()) {
        match made;
        made.queue = {name_space_, response.workflow_task().workflow_execution_task_queue().name(), matching::task_kind::workflow,
                      false};
        remember(made, response.workflow_task().task_token());
        node_->tasks().count_eager(response.workflow_task());
    }
    for (const auto& activity : response.activity_tasks()) {
        node_->running(activity.task_token(), id_);
        node_->tasks().count_eager(activity);
    }
}

void session::complain(std::uint64_t request_id, const service_failure& failure) {
    pb::worker::ServerMessage message;
    message.set_request_id(request_id);
    message.mutable_error()->set_code(static_cast<std::uint32_t>(failure.code));
    message.mutable_error()->set_message(failure.message);
    send(std::move(message));
}

bool session::fail(std::uint64_t request_id, const service_failure& failure) {
    node_->say(node_severity::warning, "worker '" + identity_ + "' broke the protocol and is disconnected: " + failure.message);
    phase_ = phase::closed;
    node_->forget_session(id_);
    leave_queues();
    give_back_tasks();
    complain(request_id, failure);
    sink_.close(failure.message);
    return false;
}

// --- What it holds --------------------------------------------------------------------------------------------------

void session::remember(const match& made, const std::string& task_token) {
    if (open_order_.size() >= node_->options().max_open_tasks_a_session) {
        open_tasks_.erase(open_order_.front());
        open_order_.pop_front();
    }
    if (open_tasks_.insert_or_assign(task_token, made).second) open_order_.push_back(task_token);
}

void session::settle(const std::string& task_token) {
    open_tasks_.erase(task_token);
    // Tokens are mostly answered in the order in which they came, so this stays short.
    while (!open_order_.empty() && !open_tasks_.contains(open_order_.front())) open_order_.pop_front();
}

void session::leave_queues() {
    for (auto& [number, one] : subscriptions_) {
        if (const poller_id gone = std::exchange(one.poller, 0); gone != 0) node_->tasks().leave(gone);
    }
}

void session::give_back_tasks() {
    const auto tasks = std::exchange(open_tasks_, {});
    for (const std::string& token : std::exchange(open_order_, {})) {
        const auto found = tasks.find(token);
        if (found == tasks.end()) continue;
        if (found->second.poller == 0) {
            node_->tasks().lost_eager(found->second.queue, token);
        } else {
            node_->tasks().lost(found->second, token);
        }
    }
}

poller_id session::serves(const matching::queue_key& queue) const {
    for (const auto& [number, one] : subscriptions_) {
        if (one.queue == queue) return one.poller;
    }
    return 0;
}

std::optional<std::uint32_t> session::subscription_of(poller_id poller) const {
    for (const auto& [number, one] : subscriptions_) {
        if (one.poller == poller) return number;
    }
    return std::nullopt;
}

}  // namespace perdure::server
