#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "sdk/embedded/embedded_frontend.hpp"
#include "sdk/embedded/embedded_stream.hpp"
#include "sdk/embedded/host.hpp"
#include "tests/integration/server/harness.hpp"

namespace perdure::server {
namespace {

using detail::host;

/// Starts a host, and stops it in the end.
class running_host {
  public:
    explicit running_host(bool listen = false) {
        auto started = host::start(running_server::quiet(), listen);
        if (!started) throw std::runtime_error(started.error().message);
        host_ = *std::move(started);
    }
    ~running_host() { host_->stop(); }
    running_host(const running_host&) = delete;
    running_host& operator=(const running_host&) = delete;
    host* operator->() const { return host_.get(); }
    [[nodiscard]] const std::shared_ptr<host>& operator*() const { return host_; }

  private:
    std::shared_ptr<host> host_;
};

pb::service::StartWorkflowExecutionRequest order(const std::string& id) {
    pb::service::StartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id(id);
    request.mutable_workflow_type()->set_name("order");
    request.mutable_task_queue()->set_name("orders");
    request.set_request_id("request-" + id);
    return request;
}

template <class Response>
std::pair<reply<Response>, std::future<result<Response>>> expected() {
    auto promise = std::make_shared<std::promise<result<Response>>>();
    auto future = promise->get_future();
    return {[promise](result<Response> answer) { promise->set_value(std::move(answer)); }, std::move(future)};
}

result<pb::service::StartWorkflowExecutionResponse> start_workflow(frontend& at, const std::string& id) {
    auto [done, answer] = expected<pb::service::StartWorkflowExecutionResponse>();
    at.start_workflow_execution(order(id), std::move(done));
    return answer.get();
}

/// An io_context on a thread, and what a worker heard.
struct listening_worker {
    boost::asio::io_context io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
    std::thread thread{[this] { io.run(); }};
    std::unique_ptr<detail::worker_stream> stream;
    std::promise<void> opened;
    std::promise<pb::worker::FromServer> welcomed;
    std::promise<pb::service::PollWorkflowTaskQueueResponse> tasked;
    std::promise<std::string> closed;

    void connect(const std::shared_ptr<host>& at) {
        boost::asio::post(io, [this, at] {
            stream = detail::open_embedded_stream(
                io, at,
                {.opened = [this] { opened.set_value(); },
                 .received = [this](const std::shared_ptr<pb::worker::FromServer>& frame) { take(*frame); },
                 .closed = [this](std::string reason) { closed.set_value(std::move(reason)); }});
        });
        opened.get_future().wait();
    }
    void take(const pb::worker::FromServer& frame) {
        for (const auto& message : frame.messages()) {
            if (message.has_welcome()) welcomed.set_value(frame);
            if (message.has_workflow_task()) tasked.set_value(message.workflow_task().task());
        }
    }
    void send(pb::worker::FromWorker frame) {
        std::vector<worker_message> messages;
        for (auto& message : *frame.mutable_messages())
            messages.push_back(std::make_shared<const pb::worker::WorkerMessage>(std::move(message)));
        boost::asio::post(io, [this, messages = std::move(messages)] { stream->send(messages); });
    }
    ~listening_worker() {
        boost::asio::post(io, [this] { stream.reset(); });
        work.reset();
        thread.join();
    }
};

pb::worker::FromWorker greeting_with_credit() {
    pb::worker::FromWorker frame;
    auto& hello = *frame.add_messages()->mutable_hello();
    hello.set_protocol_version(1);
    hello.set_namespace_("default");
    hello.set_identity("w");
    frame.mutable_messages(0)->set_request_id(1);
    auto& subscribe = *frame.add_messages()->mutable_subscribe();
    subscribe.set_subscription(1);
    subscribe.set_kind(pb::worker::TASK_KIND_WORKFLOW);
    subscribe.mutable_task_queue()->set_name("orders");
    auto& credit = *frame.add_messages()->mutable_credit();
    credit.set_subscription(1);
    credit.set_count(1);
    return frame;
}

TEST(Embedded, AnswersCallsFromAnyThread) {
    const running_host at;
    detail::embedded_frontend calls(*at);
    std::vector<std::thread> callers;
    std::atomic<int> started = 0;
    for (int i = 0; i < 4; ++i)
        callers.emplace_back([&, i] {
            for (int k = 0; k < 20; ++k)
                started += start_workflow(calls, "o-" + std::to_string(i) + "-" + std::to_string(k)).has_value() ? 1 : 0;
        });
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(started, 80);
}

TEST(Embedded, AWorkerGetsItsTasksThroughTheProcess) {
    const running_host at;
    detail::embedded_frontend calls(*at);
    listening_worker worker;
    worker.connect(*at);
    worker.send(greeting_with_credit());
    EXPECT_EQ(worker.welcomed.get_future().get().messages(0).request_id(), 1U);
    ASSERT_TRUE(start_workflow(calls, "o-1"));
    EXPECT_EQ(worker.tasked.get_future().get().workflow_execution().workflow_id(), "o-1");
}

TEST(Embedded, OtherProcessesJoinByItsPort) {
    const running_host at(true);
    detail::embedded_frontend calls(*at);
    ASSERT_TRUE(start_workflow(calls, "o-1"));
    raw_client client(at->port());
    EXPECT_EQ(client.ask("GET", "/api/v1/namespaces/default/workflows/o-1").status, 200);
    EXPECT_EQ(client.ask("GET", "/api/v1/namespaces/default/workflows/o-2").status, 404);
}

TEST(Embedded, AfterTheEndCallsAreRefusedAndStreamsClosed) {
    const running_host at;
    detail::embedded_frontend calls(*at);
    listening_worker worker;
    worker.connect(*at);
    ASSERT_TRUE(start_workflow(calls, "o-1"));
    auto [done, waiting] = expected<pb::service::GetWorkflowExecutionHistoryResponse>();
    pb::service::GetWorkflowExecutionHistoryRequest poll;
    poll.set_namespace_("default");
    poll.mutable_execution()->set_workflow_id("o-1");
    poll.set_wait_new_event(true);
    poll.set_history_event_filter_type(pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    calls.get_workflow_execution_history(poll, std::move(done));
    at->stop();
    EXPECT_EQ(waiting.get().error().code, status_code::unavailable);
    EXPECT_EQ(start_workflow(calls, "o-2").error().code, status_code::unavailable);
    EXPECT_EQ(worker.closed.get_future().get(), "the embedded server has stopped");
}

TEST(Embedded, WhoeverWaitsForItsEndHearsOfIt) {
    const running_host at;
    std::promise<void> gone;
    at->when_gone([&] { gone.set_value(); });
    at->stop();
    gone.get_future().wait();
    bool at_once = false;
    at->when_gone([&] { at_once = true; });
    EXPECT_TRUE(at_once);
}

}  // namespace
}  // namespace perdure::server
