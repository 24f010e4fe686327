// The server with its real node and store, driven over its sockets only.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "tests/integration/server/real_server.hpp"

namespace perdure::server {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using testing::HasSubstr;

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
    const std::string measured = client.ask("GET", "/metrics").body;
    for (const char* line :
         {"workflow_success 1\n", "poll_success{task_type=\"Workflow\"} 1\n", "history_count_sum 5\n", "history_size_count 1\n",
          "approximate_backlog_count{task_type=\"Workflow\"} 0\n", "cache_requests ", "workflow_task_attempt_count 1\n"})
        EXPECT_THAT(measured, HasSubstr(line));
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
    const std::filesystem::path file =
        std::filesystem::path(testing::TempDir()) / ("perdure-end-" + std::to_string(::getpid()) + ".db");
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(file.string() + suffix);
    options from = running_server::quiet();
    from.store = {store_address::kind::sqlite, file.string()};
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

}  // namespace
}  // namespace perdure::server
