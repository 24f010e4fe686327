// The server with its real node and store, driven over its sockets only.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/integration/server/harness.hpp"

namespace perdure::server {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using testing::HasSubstr;

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

// Sanitizers make everything several times slower; what is measured there is only that nothing hangs.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::chrono::milliseconds timer_bound = 200ms;
#else
constexpr std::chrono::milliseconds timer_bound = 15ms;
#endif
#else
constexpr std::chrono::milliseconds timer_bound = 15ms;
#endif

/// A worker that serves the queue "q" with one workflow slot and answers by hand.
class hand_worker {
  public:
    explicit hand_worker(std::uint16_t port) : connection_(port) {
        pb::worker::WorkerMessage hello;
        hello.set_request_id(1);
        hello.mutable_hello()->set_protocol_version(1);
        hello.mutable_hello()->set_namespace_("default");
        hello.mutable_hello()->set_identity("hand");
        connection_.send(hello);
        pb::worker::WorkerMessage subscribe;
        subscribe.mutable_subscribe()->set_subscription(1);
        subscribe.mutable_subscribe()->set_kind(pb::worker::TASK_KIND_WORKFLOW);
        subscribe.mutable_subscribe()->mutable_task_queue()->set_name("q");
        connection_.send(subscribe);
    }

    void give_credit() {
        pb::worker::WorkerMessage credit;
        credit.mutable_credit()->set_subscription(1);
        credit.mutable_credit()->set_count(1);
        connection_.send(credit);
    }

    [[nodiscard]] pb::service::PollWorkflowTaskQueueResponse next_task() {
        for (;;) {
            const auto frame = connection_.receive();
            if (frame.messages().empty()) return {};
            for (const auto& message : frame.messages()) {
                EXPECT_FALSE(message.has_error()) << message.error().message();
                if (message.has_workflow_task()) return message.workflow_task().task();
            }
        }
    }

    void complete(const std::string& token, const std::vector<pb::command::Command>& commands) {
        pb::worker::WorkerMessage message;
        message.set_request_id(++last_request_);
        message.mutable_workflow_task_completed()->set_task_token(token);
        for (const auto& command : commands) *message.mutable_workflow_task_completed()->add_commands() = command;
        connection_.send(message);
    }

  private:
    raw_worker connection_;
    std::uint64_t last_request_ = 10;
};

pb::command::Command timer(const std::string& id, std::chrono::milliseconds after) {
    pb::command::Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_START_TIMER);
    auto& attributes = *command.mutable_start_timer_command_attributes();
    attributes.set_timer_id(id);
    attributes.mutable_start_to_fire_timeout()->set_nanos(static_cast<std::int32_t>(after.count()) * 1'000'000);
    return command;
}

pb::command::Command completion() {
    pb::command::Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
    command.mutable_complete_workflow_execution_command_attributes();
    return command;
}

constexpr const char* a_start = R"({"workflowType":{"name":"t"},"taskQueue":{"name":"q"},"input":[{"order":1}]})";

TEST(EndToEnd, AWorkflowRunsOverTheSockets) {
    const real_server server;
    raw_client client(server.port());
    hand_worker worker(server.port());
    worker.give_credit();
    ASSERT_EQ(client.ask("POST", "/api/v1/namespaces/default/workflows/o-1", a_start).status, 200);
    EXPECT_EQ(client.ask("POST", "/api/v1/namespaces/default/workflows/o-1", a_start).status, 409);
    const auto task = worker.next_task();
    EXPECT_EQ(task.workflow_execution().workflow_id(), "o-1");
    worker.complete(task.task_token(), {completion()});
    const answer closed =
        client.ask("GET", "/api/v1/namespaces/default/workflows/o-1/history?waitNewEvent&historyEventFilterType=2");
    EXPECT_THAT(closed.body, HasSubstr("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"));
    const answer history = client.ask("GET", "/api/v1/namespaces/default/workflows/o-1/history");
    EXPECT_THAT(history.body, HasSubstr(R"("input":[{"order":1}])"));
    const answer plain = client.ask("GET", "/api/v1/namespaces/default/workflows/o-1/history?noPayloadShorthand");
    EXPECT_THAT(plain.body, HasSubstr(R"("payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="})"));
    EXPECT_THAT(client.ask("GET", "/metrics").body, HasSubstr("workflow_success 1\n"));
}

// From the worker's request for the timer to the task that tells of it, with both flushes and both ways between.
TEST(EndToEnd, AShortTimerIsNotLate) {
    const real_server server;
    raw_client client(server.port());
    hand_worker worker(server.port());
    worker.give_credit();
    ASSERT_EQ(client.ask("POST", "/api/v1/namespaces/default/workflows/o-1", a_start).status, 200);
    auto task = worker.next_task();
    std::vector<steady::duration> took;
    for (int i = 0; i < 31; ++i) {
        worker.give_credit();
        const auto asked = steady::now();
        worker.complete(task.task_token(), {timer("t" + std::to_string(i), 10ms)});
        task = worker.next_task();
        took.push_back(steady::now() - asked);
        ASSERT_FALSE(task.task_token().empty());
    }
    std::ranges::sort(took);
    EXPECT_GE(took.front(), 10ms);
    EXPECT_LE(took[took.size() / 2], timer_bound);
}

TEST(EndToEnd, WhatWasAcknowledgedSurvivesTheServer) {
    const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "end_to_end.db";
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(file.string() + suffix);
    options from = running_server::quiet();
    from.database = file.string();
    {
        const real_server server(from);
        raw_client client(server.port());
        ASSERT_EQ(client.ask("POST", "/api/v1/namespaces/default/workflows/o-1", a_start).status, 200);
        const auto second = server_runtime::start(from);
        ASSERT_FALSE(second);
        EXPECT_THAT(second.error().message, HasSubstr(file.string()));
    }
    const real_server server(from);
    hand_worker worker(server.port());
    worker.give_credit();
    const auto task = worker.next_task();
    EXPECT_EQ(task.workflow_execution().workflow_id(), "o-1");
    worker.complete(task.task_token(), {completion()});
    raw_client client(server.port());
    const answer closed =
        client.ask("GET", "/api/v1/namespaces/default/workflows/o-1/history?waitNewEvent&historyEventFilterType=2");
    EXPECT_THAT(closed.body, HasSubstr("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"));
}

TEST(EndToEnd, ATaskOfALostWorkerGoesToAnother) {
    const real_server server;
    raw_client client(server.port());
    ASSERT_EQ(client.ask("POST", "/api/v1/namespaces/default/workflows/o-1", a_start).status, 200);
    {
        hand_worker lost(server.port());
        lost.give_credit();
        EXPECT_EQ(lost.next_task().workflow_execution().workflow_id(), "o-1");
    }
    hand_worker other(server.port());
    other.give_credit();
    EXPECT_EQ(other.next_task().workflow_execution().workflow_id(), "o-1");
}

struct bad_start {
    const char* name;
    std::string body;
    const char* says;
};

class BadStarts : public testing::TestWithParam<bad_start> {};

TEST_P(BadStarts, AreRefusedByName) {
    const real_server server;
    raw_client client(server.port());
    const answer got = client.ask("POST", "/api/v1/namespaces/default/workflows/o-1", GetParam().body);
    EXPECT_EQ(got.status, 400) << got.body;
    EXPECT_THAT(got.body, HasSubstr(GetParam().says));
    EXPECT_EQ(client.ask("POST", "/api/v1/namespaces/default/workflows/o-1", a_start).status, 200);
}

std::string start_with(const std::string& more) {
    return R"({"workflowType":{"name":"t"},"taskQueue":{"name":"q"},)" + more + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadStarts,
    testing::Values(bad_start{"no_type", R"({"taskQueue":{"name":"q"}})", "orkflow"},
                    bad_start{"no_queue", R"({"workflowType":{"name":"t"}})", "ueue"},
                    bad_start{"negative", start_with(R"("workflowRunTimeout":"-1s")"), "imeout"},
                    bad_start{"absurd", start_with(R"("workflowRunTimeout":"400000000000s")"), "workflowRunTimeout"},
                    bad_start{"long_request_id", start_with("\"requestId\":\"" + std::string(1001, 'x') + "\""), "equest"},
                    bad_start{"long_type",
                              R"({"taskQueue":{"name":"q"},"workflowType":{"name":")" + std::string(1001, 'x') + "\"}}", "1000"},
                    bad_start{"bad_retry", start_with(R"("retryPolicy":{"backoffCoefficient":0.5})"), "oefficient"}),
    [](const auto& one) { return one.param.name; });

TEST(EndToEnd, AHugeIdIsRefused) {
    const real_server server;
    raw_client client(server.port());
    const answer got = client.ask("POST", "/api/v1/namespaces/default/workflows/" + std::string(1001, 'x'), a_start);
    EXPECT_EQ(got.status, 400);
    EXPECT_THAT(got.body, HasSubstr("1000"));
}

}  // namespace
}  // namespace perdure::server
