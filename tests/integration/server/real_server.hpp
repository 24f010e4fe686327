#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/server/harness.hpp"

namespace perdure::server {

/// The server with its real node and store, on a thread of its own.
class real_server {
  public:
    explicit real_server(const options& from = running_server::quiet()) {
        auto started = server_runtime::start(from);
        if (!started) throw std::runtime_error(started.error().message);
        runtime_ = *std::move(started);
        thread_ = std::thread([this] { runtime_->run(); });
    }
    ~real_server() {
        runtime_->stop();
        thread_.join();
    }
    real_server(const real_server&) = delete;
    real_server& operator=(const real_server&) = delete;
    [[nodiscard]] std::uint16_t port() const { return runtime_->port(); }

  private:
    std::unique_ptr<server_runtime> runtime_;
    std::thread thread_;
};

/// A worker that serves the queue "q", with as many slots as it is given credit for, and answers by hand.
class hand_worker {
  public:
    explicit hand_worker(std::uint16_t port) : connection_(port) {
        pb::worker::WorkerMessage hello;
        hello.set_request_id(1);
        hello.mutable_hello()->set_protocol_version(1);
        hello.mutable_hello()->set_namespace_("default");
        hello.mutable_hello()->set_identity("hand");
        connection_.send(hello);
        subscribe(workflow_tasks, pb::worker::TASK_KIND_WORKFLOW);
        subscribe(activities, pb::worker::TASK_KIND_ACTIVITY);
    }

    void give_credit() { credit(workflow_tasks); }
    void give_activity_credit() { credit(activities); }

    [[nodiscard]] pb::service::PollWorkflowTaskQueueResponse next_task() {
        return next([](const auto& message) { return message.has_workflow_task(); }).workflow_task().task();
    }
    [[nodiscard]] pb::service::PollActivityTaskQueueResponse next_activity() {
        return next([](const auto& message) { return message.has_activity_task(); }).activity_task().task();
    }

    void complete(const std::string& token, const std::vector<pb::command::Command>& commands) {
        pb::worker::WorkerMessage message = completed(token, commands);
        message.set_request_id(++last_request_);
        connection_.send(message);
    }
    [[nodiscard]] static pb::worker::WorkerMessage completed(const std::string& token,
                                                             const std::vector<pb::command::Command>& commands) {
        pb::worker::WorkerMessage message;
        message.mutable_workflow_task_completed()->set_task_token(token);
        for (const auto& command : commands) *message.mutable_workflow_task_completed()->add_commands() = command;
        return message;
    }
    /// Sends a request and waits for its answer; tasks that come meanwhile are kept.
    [[nodiscard]] pb::worker::ServerMessage ask(pb::worker::WorkerMessage message) {
        const std::uint64_t id = ++last_request_;
        message.set_request_id(id);
        connection_.send(message);
        return next([id](const auto& answer) { return answer.request_id() == id; });
    }

  private:
    static constexpr std::uint32_t workflow_tasks = 1;
    static constexpr std::uint32_t activities = 2;

    void subscribe(std::uint32_t number, pb::worker::TaskKind kind) {
        pb::worker::WorkerMessage message;
        message.mutable_subscribe()->set_subscription(number);
        message.mutable_subscribe()->set_kind(kind);
        message.mutable_subscribe()->mutable_task_queue()->set_name("q");
        connection_.send(message);
    }
    void credit(std::uint32_t subscription) {
        pb::worker::WorkerMessage message;
        message.mutable_credit()->set_subscription(subscription);
        message.mutable_credit()->set_count(1);
        connection_.send(message);
    }
    /// The next message that is wanted; an empty one when the connection ended.
    template <class Wanted>
    [[nodiscard]] pb::worker::ServerMessage next(const Wanted& wanted) {
        for (;;) {
            for (auto at = inbox_.begin(); at != inbox_.end(); ++at) {
                if (!wanted(*at)) continue;
                const pb::worker::ServerMessage found = std::move(*at);
                inbox_.erase(at);
                return found;
            }
            const auto frame = connection_.receive();
            if (frame.messages().empty()) return {};
            for (const auto& message : frame.messages()) inbox_.push_back(message);
        }
    }

    raw_worker connection_;
    std::deque<pb::worker::ServerMessage> inbox_;
    std::uint64_t last_request_ = 10;
};

inline pb::command::Command timer(const std::string& id, std::chrono::milliseconds after) {
    pb::command::Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_START_TIMER);
    auto& attributes = *command.mutable_start_timer_command_attributes();
    attributes.set_timer_id(id);
    attributes.mutable_start_to_fire_timeout()->set_nanos(static_cast<std::int32_t>(after.count()) * 1'000'000);
    return command;
}

inline pb::command::Command completion() {
    pb::command::Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
    command.mutable_complete_workflow_execution_command_attributes();
    return command;
}

inline const std::string workflows = "/api/v1/namespaces/default/workflows";
inline constexpr const char* a_start = R"({"workflowType":{"name":"t"},"taskQueue":{"name":"q"},"input":[{"order":1}]})";

}  // namespace perdure::server
