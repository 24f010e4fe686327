#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "api/payload.hpp"
#include "perdure/client_async.hpp"
#include "scripted_connection.hpp"

namespace perdure {
namespace {

namespace asio = boost::asio;

struct Flow : contract<Flow, "order.fulfil", int(int)> {
    static constexpr signal<"add", int> add{};
    static constexpr query<"total", int()> total{};
};

class Async : public ::testing::Test {
  protected:
    Async() {
        pb::service::StartWorkflowExecutionResponse started;
        started.set_run_id("run-1");
        via->server.start_workflow_execution_answers.emplace_back(started);
        via->server.signal_workflow_execution_answers.emplace_back(pb::service::SignalWorkflowExecutionResponse());
        pb::service::QueryWorkflowResponse total;
        *total.mutable_query_result() = to_payloads(42);
        via->server.query_workflow_answers.emplace_back(total);
        pb::service::GetWorkflowExecutionHistoryResponse closed;
        auto& event = *closed.mutable_history()->add_events();
        event.set_event_type(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
        *event.mutable_workflow_execution_completed_event_attributes()->mutable_result() = to_payloads(7);
        via->server.get_workflow_execution_history_answers.emplace_back(closed);
    }

    std::shared_ptr<detail::scripted_connection> via = std::make_shared<detail::scripted_connection>();
    client caller{via};
    asio::io_context io;
};

asio::awaitable<int> use_everything(client caller) {
    const start_options options{.id = "o-1", .task_queue = "orders"};
    const auto run = co_await caller.async_start<Flow>(1, options, asio::use_awaitable);
    co_await run.async_signal(Flow::add, 5, asio::use_awaitable);
    const int total = co_await run.async_query(Flow::total, asio::use_awaitable);
    const int result = co_await run.async_result(asio::use_awaitable);
    co_return total + result;
}

TEST_F(Async, CallsAreAwaitedInACoroutine) {
    int sum = 0;
    asio::co_spawn(io, use_everything(caller), [&](std::exception_ptr thrown, int value) {
        EXPECT_FALSE(thrown);
        sum = value;
    });
    EXPECT_EQ(sum, 0) << "nothing runs before the executor does";
    io.run();
    EXPECT_EQ(sum, 49);
    EXPECT_EQ(via->server.start_workflow_execution_requests.at(0).input().payloads(0).data(), "1");
}

asio::awaitable<int> execute(client caller) {
    co_return co_await caller.async_execute<Flow>(1, {.id = "o-1", .task_queue = "orders"}, asio::use_awaitable);
}

TEST_F(Async, AnExecutionIsAwaitedAsAWhole) {
    int result = 0;
    asio::co_spawn(io, execute(caller), [&](std::exception_ptr thrown, int value) {
        EXPECT_FALSE(thrown);
        result = value;
    });
    io.run();
    EXPECT_EQ(result, 7);
    EXPECT_TRUE(via->server.start_workflow_execution_requests.at(0).perdure_wait_for_close());
}

asio::awaitable<void> cancel(client caller) { co_await caller.attach<Flow>("o-1").async_cancel("enough", asio::use_awaitable); }

TEST_F(Async, ARefusalIsThrownAtTheAwait) {
    bool refused = false;
    asio::co_spawn(io, cancel(caller), [&](std::exception_ptr thrown) {
        ASSERT_TRUE(thrown);
        EXPECT_THROW(std::rethrow_exception(thrown), service_error);
        refused = true;
    });
    io.run();
    EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace perdure
