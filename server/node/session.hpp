#pragma once

#include "matching/types.hpp"
#include "server/node/node.hpp"
#include "server/node/task_receiver.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace perdure::server {

class node_core;

/// One worker connection: its subscriptions, what it was given and has not answered, and the rules of its protocol.
class session final : public worker_session, public task_receiver {
  public:
    session(node_core& node, std::uint64_t id, session_sink sink);
    ~session() override;

    void receive(pb::worker::FromWorker& frame) override;
    void set_unsent_bytes(std::size_t bytes) override;

    [[nodiscard]] bool take(const matching::match& made, pb::service::PollWorkflowTaskQueueResponse& task) override;
    [[nodiscard]] bool take(const matching::match& made, pb::service::PollActivityTaskQueueResponse& task) override;

    void push_cancel(const std::string& task_token, const std::string& reason);
    /// The node goes away before the session.
    void detach() { node_ = nullptr; }

    /// Sends the answer to a request, if one is wanted.
    template <class Response>
    void answer(std::uint64_t request_id, result<Response>&& what);
    /// What the worker was told in an answer: it now has these tasks.
    void hand_over(const pb::service::RespondWorkflowTaskCompletedResponse& response);
    /// The task was answered, or is not the worker's any more.
    void settle(const std::string& task_token);

  private:
    enum class phase : std::uint8_t { greeting, open, draining, closed };
    struct subscription {
        matching::queue_key queue;
        /// 0 when it is not served any more.
        matching::poller_id poller = 0;
    };

    // Each answers whether the session is still open; after a "no" nothing of it may be touched.
    [[nodiscard]] bool on_message(pb::worker::WorkerMessage& message);
    [[nodiscard]] bool on_hello(std::uint64_t request_id, const pb::worker::Hello& hello);
    [[nodiscard]] bool on_subscribe(std::uint64_t request_id, const pb::worker::Subscribe& wanted);
    [[nodiscard]] bool on_request(pb::worker::WorkerMessage& message);
    void on_unsubscribe(std::uint64_t request_id, const pb::worker::Unsubscribe& gone);
    void on_credit(std::uint64_t request_id, const pb::worker::Credit& more);
    void on_drain(std::uint64_t request_id);

    void on_workflow_task_completed(std::uint64_t request_id, pb::service::RespondWorkflowTaskCompletedRequest& request);
    void on_activity_completed(std::uint64_t request_id, pb::service::RespondActivityTaskCompletedRequest& request);
    /// Fills in what the connection has said already. False, and an answer, if the request says something else.
    template <class Request>
    [[nodiscard]] bool adopt(std::uint64_t request_id, Request& request);
    /// The answer goes to this session, if it is still there, and nowhere else.
    template <class Response>
    [[nodiscard]] reply<Response> answering(std::uint64_t request_id);
    /// The same for the answer to a task, which settles it unless it is to be sent again.
    template <class Response>
    [[nodiscard]] reply<Response> settling(std::uint64_t request_id, std::string task_token);
    /// The answer to what a workflow commanded, with the tasks that travel in it. `task_token` names what is settled.
    [[nodiscard]] reply<pb::service::RespondWorkflowTaskCompletedResponse> answering_workflow_task(
        std::uint64_t request_id, const std::string& task_token, const pb::service::RespondWorkflowTaskCompletedRequest& request);
    [[nodiscard]] std::optional<service_failure> check_subscription(const pb::worker::Subscribe& wanted) const;
    [[nodiscard]] matching::poller_id serves(const matching::queue_key& queue) const;
    [[nodiscard]] std::optional<std::uint32_t> subscription_of(matching::poller_id poller) const;

    void send(pb::worker::ServerMessage&& message);
    void complain(std::uint64_t request_id, const service_failure& failure);
    /// Ends the session for what its peer did. Always false.
    [[nodiscard]] bool fail(std::uint64_t request_id, const service_failure& failure);
    void remember(const matching::match& made, const std::string& task_token);
    /// Stops serving queues; what is under way stays.
    void leave_queues();
    void give_back_tasks();

    node_core* node_;
    std::uint64_t id_;
    session_sink sink_;
    phase phase_ = phase::greeting;
    std::string name_space_;
    std::string identity_;
    std::map<std::uint32_t, subscription> subscriptions_;
    bool held_ = false;
    /// Workflow and query tasks that the worker has not answered, by token, and the tokens in order of delivery.
    std::unordered_map<std::string, matching::match> open_tasks_;
    std::deque<std::string> open_order_;
};

}  // namespace perdure::server
