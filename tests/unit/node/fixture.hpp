#pragma once

#include "api/carried_history.hpp"
#include "history_service/shard/background.hpp"
#include "history_service/store/memory/memory_store.hpp"
#include "server/node/make_node.hpp"
#include "tests/unit/shard/watched_store.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace perdure::server::test {

using namespace std::chrono_literals;
using words = std::vector<std::string>;

class counted_ids final : public history::id_source {
  public:
    std::string next() override { return "id-" + std::to_string(++count_); }

  private:
    int count_ = 0;
};

/// Commits at once, or when the test says so.
class stepped_background final : public history::background {
  public:
    void run(std::function<void()> work, std::function<void()> then) override {
        jobs_.emplace_back([work = std::move(work), then = std::move(then)] {
            work();
            then();
        });
        if (at_once) finish();
    }
    /// Does everything that waits, and what comes of it.
    void finish() {
        while (!jobs_.empty()) {
            const auto job = std::move(jobs_.front());
            jobs_.pop_front();
            job();
        }
    }

    /// Forgets everything that waits, as a crash does.
    void drop() { jobs_.clear(); }

    bool at_once = true;

  private:
    std::deque<std::function<void()>> jobs_;
};

/// Where an answer is put.
template <class Response>
struct inbox {
    std::optional<result<Response>> got = std::nullopt;

    [[nodiscard]] bool empty() const { return !got.has_value(); }
    [[nodiscard]] bool ok() const { return got && got->has_value(); }
    [[nodiscard]] status_code code() const { return !got ? status_code::unknown : ok() ? status_code::ok : got->error().code; }
    [[nodiscard]] std::string text() const { return got && !ok() ? got->error().message : std::string(); }
    [[nodiscard]] const Response& operator*() const { return got->value(); }
    [[nodiscard]] const Response* operator->() const { return &got->value(); }
};

/// A worker as its connection sees it, with everything the server told it.
class worker {
  public:
    worker(node& on, std::string identity = "worker") : identity_(std::move(identity)) {
        session_ = on.open_session({.send =
                                        [this](pb::worker::ServerMessage&& message) {
                                            unpack_histories(message);
                                            said_.push_back(std::move(message));
                                        },
                                    .close = [this](std::string reason) { closed_ = std::move(reason); }});
    }

    void say(pb::worker::WorkerMessage message) {
        pb::worker::FromWorker frame;
        *frame.add_messages() = std::move(message);
        session_->receive(frame);
    }
    void hello(std::uint32_t version = 1, const std::string& name_space = "default") {
        pb::worker::WorkerMessage message;
        message.mutable_hello()->set_protocol_version(version);
        message.mutable_hello()->set_namespace_(name_space);
        message.mutable_hello()->set_identity(identity_);
        say(std::move(message));
    }
    void subscribe(std::uint32_t number, pb::worker::TaskKind kind, const std::string& queue, std::uint64_t request = 0) {
        pb::worker::WorkerMessage message;
        message.set_request_id(request);
        message.mutable_subscribe()->set_subscription(number);
        message.mutable_subscribe()->set_kind(kind);
        message.mutable_subscribe()->mutable_task_queue()->set_name(queue);
        say(std::move(message));
    }
    void subscribe_sticky(std::uint32_t number, const std::string& queue, const std::string& normal) {
        pb::worker::WorkerMessage message;
        auto& wanted = *message.mutable_subscribe();
        wanted.set_subscription(number);
        wanted.set_kind(pb::worker::TASK_KIND_WORKFLOW);
        wanted.mutable_task_queue()->set_name(queue);
        wanted.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
        wanted.mutable_task_queue()->set_normal_name(normal);
        say(std::move(message));
    }
    void credit(std::uint32_t number, std::uint32_t count, std::uint64_t request = 0) {
        pb::worker::WorkerMessage message;
        message.set_request_id(request);
        message.mutable_credit()->set_subscription(number);
        message.mutable_credit()->set_count(count);
        say(std::move(message));
    }
    /// Hello, and both kinds of tasks of a queue: workflow tasks as subscription 1, activities as 2.
    void serve(const std::string& queue, std::uint32_t workflow_credits, std::uint32_t activity_credits) {
        hello();
        subscribe(1, pb::worker::TASK_KIND_WORKFLOW, queue);
        subscribe(2, pb::worker::TASK_KIND_ACTIVITY, queue);
        credit(1, workflow_credits);
        credit(2, activity_credits);
        said_.clear();
    }
    /// Answers a workflow task; the commands are the caller's.
    void complete(const std::string& token, std::vector<pb::command::Command> commands, std::uint64_t request = 1,
                  const std::string& sticky = {}, const std::string& normal = {}) {
        pb::worker::WorkerMessage message;
        message.set_request_id(request);
        auto& answer = *message.mutable_workflow_task_completed();
        answer.set_task_token(token);
        for (auto& command : commands) *answer.add_commands() = std::move(command);
        if (!sticky.empty()) {
            auto& attributes = *answer.mutable_sticky_attributes();
            attributes.mutable_worker_task_queue()->set_name(sticky);
            attributes.mutable_worker_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
            attributes.mutable_worker_task_queue()->set_normal_name(normal);
            attributes.mutable_schedule_to_start_timeout()->set_seconds(5);
        }
        say(std::move(message));
    }

    /// What was said since the last call, in words.
    [[nodiscard]] words heard() {
        words all;
        for (const auto& message : std::exchange(said_, {})) all.push_back(in_words(message));
        return all;
    }
    /// The messages themselves.
    [[nodiscard]] std::vector<pb::worker::ServerMessage> take() { return std::exchange(said_, {}); }
    /// The only message, which must be a workflow task.
    [[nodiscard]] pb::service::PollWorkflowTaskQueueResponse take_workflow_task() {
        const auto all = take();
        EXPECT_EQ(all.size(), 1U);
        EXPECT_TRUE(!all.empty() && all[0].has_workflow_task()) << (all.empty() ? "nothing" : in_words(all[0]));
        return all.empty() ? pb::service::PollWorkflowTaskQueueResponse() : all[0].workflow_task().task();
    }
    [[nodiscard]] pb::service::PollActivityTaskQueueResponse take_activity_task() {
        const auto all = take();
        EXPECT_EQ(all.size(), 1U);
        EXPECT_TRUE(!all.empty() && all[0].has_activity_task()) << (all.empty() ? "nothing" : in_words(all[0]));
        return all.empty() ? pb::service::PollActivityTaskQueueResponse() : all[0].activity_task().task();
    }
    [[nodiscard]] const std::string& closed() const { return closed_; }
    void disconnect() { session_.reset(); }
    [[nodiscard]] worker_session& connection() { return *session_; }

    static std::string in_words(const pb::worker::ServerMessage& message) {
        using body = pb::worker::ServerMessage;
        const std::string id = message.request_id() == 0 ? "" : " #" + std::to_string(message.request_id());
        switch (message.body_case()) {
            case body::kWelcome:
                return "welcome" + id;
            case body::kWorkflowTask: {
                const auto& task = message.workflow_task().task();
                return (task.has_query() ? "query " : "task ") + task.workflow_execution().workflow_id() + " on " +
                       std::to_string(message.workflow_task().subscription());
            }
            case body::kActivityTask:
                return "activity " + message.activity_task().task().activity_id() + " on " +
                       std::to_string(message.activity_task().subscription());
            case body::kActivityCancelRequested:
                return "cancel";
            case body::kPong:
                return "pong" + id;
            case body::kError:
                return "error " + std::string(to_string(static_cast<status_code>(message.error().code()))) + id;
            case body::kDone:
                return "done" + id;
            case body::kWorkflowTaskCompleted:
                return "completed" + id;
            case body::kActivityHeartbeat:
                return std::string("heartbeat") + (message.activity_heartbeat().cancel_requested() ? " cancel" : "") + id;
            case body::kGetHistory:
                return "history of " + std::to_string(message.get_history().history().events_size()) + id;
            default:
                return "?";
        }
    }

  private:
    std::string identity_;
    std::vector<pb::worker::ServerMessage> said_;
    std::string closed_;
    std::unique_ptr<worker_session> session_;
};

/// A node on a store in memory, and a client that speaks to it.
class node_test : public ::testing::Test {
  protected:
    node_test() { restart(); }

    void restart() {
        served_.reset();
        auto made = make_node(options_, {disk_, ids_, commits_, inline_, inline_}, now_);
        ASSERT_TRUE(made) << made.error().message;
        served_ = std::move(*made);
    }
    void restart(node_options options) {
        options_ = std::move(options);
        restart();
    }

    node& served() { return *served_; }
    void pass(std::chrono::nanoseconds time) {
        const wall_time until = now_ + time;
        for (auto due = served_->next_due(); due && *due < until; due = served_->next_due()) {
            now_ = std::max(*due, now_ + 1ms);
            served_->advance(now_);
        }
        now_ = until;
        served_->advance(now_);
    }

    /// From here on commits fail, and the node knows it.
    void fill_disk() {
        disk_.commit_failure = service_failure{status_code::unavailable, "the disk is full"};
        ASSERT_EQ(start("refused").code(), status_code::unavailable);
    }

    /// The disk was full and has room again, and commits wait for the test: nothing goes ahead of the first one.
    void hold_back_after_a_full_disk() {
        fill_disk();
        disk_.commit_failure.reset();
        commits_.at_once = false;
    }

    static pb::service::StartWorkflowExecutionRequest start_request(const std::string& id, const std::string& queue = "q") {
        pb::service::StartWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.set_workflow_id(id);
        request.mutable_workflow_type()->set_name("type");
        request.mutable_task_queue()->set_name(queue);
        request.set_request_id("start-" + id);
        return request;
    }
    inbox<pb::service::StartWorkflowExecutionResponse> start(const std::string& id, const std::string& queue = "q") {
        return call(&node::start_workflow_execution, start_request(id, queue));
    }
    inbox<pb::service::SignalWorkflowExecutionResponse> signal(const std::string& id) {
        pb::service::SignalWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_workflow_execution()->set_workflow_id(id);
        request.set_signal_name("s");
        return call(&node::signal_workflow_execution, request);
    }

    /// The answer as it is when the call returns; for answers that come later see `ask`.
    template <class Request, class Response>
    inbox<Response> call(void (node::*operation)(Request, reply<Response>), Request request) {
        inbox<Response> box;
        auto kept = ask(operation, std::move(request));
        box.got = kept->got;
        return box;
    }
    template <class Base, class Request, class Response>
    inbox<Response> call(void (Base::*operation)(Request, reply<Response>), Request request) {
        return call(static_cast<void (node::*)(Request, reply<Response>)>(operation), std::move(request));
    }
    template <class Base, class Request, class Response>
    std::shared_ptr<inbox<Response>> ask(void (Base::*operation)(Request, reply<Response>), Request request) {
        auto box = std::make_shared<inbox<Response>>();
        (served_.get()->*operation)(std::move(request), [box](result<Response> what) {
            EXPECT_TRUE(box->empty()) << "a reply is called once";
            box->got.emplace(std::move(what));
        });
        return box;
    }

    std::shared_ptr<inbox<pb::service::PollWorkflowTaskQueueResponse>> poll(const std::string& queue = "q",
                                                                            const std::string& sticky_of = {}) {
        pb::service::PollWorkflowTaskQueueRequest request;
        request.set_namespace_("default");
        request.mutable_task_queue()->set_name(queue);
        request.set_identity("poller");
        if (!sticky_of.empty()) {
            request.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_STICKY);
            request.mutable_task_queue()->set_normal_name(sticky_of);
        }
        return ask(&node::poll_workflow_task_queue, request);
    }
    std::shared_ptr<inbox<pb::service::PollActivityTaskQueueResponse>> poll_activity(const std::string& queue = "q") {
        pb::service::PollActivityTaskQueueRequest request;
        request.set_namespace_("default");
        request.mutable_task_queue()->set_name(queue);
        request.set_identity("poller");
        return ask(&node::poll_activity_task_queue, request);
    }
    inbox<pb::service::RespondWorkflowTaskCompletedResponse> complete(const std::string& token,
                                                                      std::vector<pb::command::Command> commands = {}) {
        pb::service::RespondWorkflowTaskCompletedRequest request;
        request.set_namespace_("default");
        request.set_task_token(token);
        for (auto& command : commands) *request.add_commands() = std::move(command);
        return call(&node::respond_workflow_task_completed, request);
    }
    /// The types of a run's events, shortened: "WorkflowTaskStarted".
    words history(const std::string& id) {
        pb::service::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id(id);
        const auto got = call(&node::get_workflow_execution_history, request);
        words all;
        if (!got.ok()) return {got.text()};
        for (const auto& event : got->history().events()) {
            all.push_back(pb::enums::EventType_Name(event.event_type()).substr(11));
        }
        return all;
    }

    static pb::command::Command finish() {
        pb::command::Command command;
        command.set_command_type(pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
        command.mutable_complete_workflow_execution_command_attributes();
        return command;
    }
    static pb::command::Command activity(const std::string& id, const std::string& queue = "q", bool eager = false) {
        pb::command::Command command;
        command.set_command_type(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
        auto& attributes = *command.mutable_schedule_activity_task_command_attributes();
        attributes.set_activity_id(id);
        attributes.mutable_activity_type()->set_name("act");
        attributes.mutable_task_queue()->set_name(queue);
        attributes.mutable_start_to_close_timeout()->set_seconds(30);
        attributes.set_request_eager_execution(eager);
        return command;
    }
    static pb::command::Command cancel_activity(std::int64_t scheduled_event_id) {
        pb::command::Command command;
        command.set_command_type(pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK);
        command.mutable_request_cancel_activity_task_command_attributes()->set_scheduled_event_id(scheduled_event_id);
        return command;
    }

    history::memory_store store_;
    history::watched_store disk_{store_};
    counted_ids ids_;
    stepped_background commits_;
    history::inline_background inline_;
    node_options options_{};
    wall_time now_ = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    std::unique_ptr<node> served_;
};

}  // namespace perdure::server::test
