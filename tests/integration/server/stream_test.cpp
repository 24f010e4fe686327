#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <fstream>

#include "tests/integration/server/harness.hpp"

namespace perdure::server {
namespace {

using namespace std::chrono_literals;
using boost::beast::websocket::close_code;
using testing::HasSubstr;

// The node hears of a worker a moment after the worker's handshake is done.
bool nobody_is_left(fake_node& node) { return node.sessions_ever > 0 && node.sessions == 0; }

TEST(Stream, MessagesGoBothWays) {
    running_server server;
    raw_worker worker(server.port());
    worker.send(ping(7));
    const auto frame = worker.receive();
    ASSERT_EQ(frame.messages_size(), 1);
    EXPECT_EQ(frame.messages(0).request_id(), 7U);
    EXPECT_TRUE(frame.messages(0).has_pong());
}

TEST(Stream, AnswersOfOneFrameTravelInOneFrame) {
    running_server server;
    raw_worker worker(server.port());
    pb::worker::FromWorker frame;
    for (std::uint64_t i = 1; i <= 50; ++i) *frame.add_messages() = ping(i);
    worker.send_bytes(frame.SerializeAsString());
    EXPECT_EQ(worker.receive().messages_size(), 50);
}

TEST(Stream, WithoutItsSubprotocolItIsRefused) {
    running_server server;
    EXPECT_THROW(raw_worker(server.port(), ""), boost::system::system_error);
    EXPECT_THROW(raw_worker(server.port(), "perdure.worker.v99"), boost::system::system_error);
    EXPECT_NO_THROW(raw_worker(server.port(), "other, perdure.worker.v1"));
}

struct bad_frame {
    const char* name;
    std::string bytes;
    bool text;
    close_code code;
    const char* says;
};

class BadFrames : public testing::TestWithParam<bad_frame> {};

TEST_P(BadFrames, CloseTheirConnectionWithAReasonAndNoOther) {
    options from = running_server::quiet();
    from.limits.frame_bytes = 10'000;
    running_server server(from);
    raw_worker good(server.port());
    raw_worker bad(server.port());
    bad.send_bytes(GetParam().bytes, GetParam().text);
    const auto said = bad.receive();
    ASSERT_EQ(said.messages_size(), 1);
    EXPECT_THAT(said.messages(0).error().message(), HasSubstr(GetParam().says));
    const auto reason = bad.await_close();
    EXPECT_EQ(reason.code, GetParam().code);
    EXPECT_THAT(std::string(reason.reason.c_str()), HasSubstr(GetParam().says));
    good.send(ping(1));
    EXPECT_EQ(good.receive().messages_size(), 1);
    EXPECT_TRUE(server.eventually([](fake_node& node) { return node.sessions_ever == 2 && node.sessions == 1; }));
}

INSTANTIATE_TEST_SUITE_P(Table, BadFrames,
                         testing::Values(bad_frame{"garbage", std::string(100, '\xff'), false, close_code::protocol_error,
                                                   "is not a perdure.worker.v1"},
                                         bad_frame{"text", "hello", true, close_code::unknown_data, "binary frames only"},
                                         bad_frame{"oversized", std::string(20'000, 'x'), false, close_code::too_big,
                                                   "larger than 10000 bytes"}),
                         [](const auto& one) { return one.param.name; });

TEST(Stream, AHugeFrameIsRefusedBeforeItIsRead) {
    options from = running_server::quiet();
    from.limits.frame_bytes = 10'000;
    running_server server(from);
    raw_worker worker(server.port());
    // A masked binary frame that promises 2^40 bytes and brings 60,000 of them.
    std::string frame{"\x82\xff\x00\x00\x01\x00\x00\x00\x00\x00\x01\x02\x03\x04", 14};
    frame.append(60'000, 'x');
    boost::system::error_code ignored;
    boost::asio::write(worker.stream().next_layer(), boost::asio::buffer(frame), ignored);
    EXPECT_EQ(worker.await_close().code, close_code::too_big);
    EXPECT_TRUE(server.eventually(nobody_is_left));
}

TEST(Stream, ATruncatedFrameEndsItsSession) {
    running_server server;
    {
        raw_worker worker(server.port());
        worker.send(ping(1));
        EXPECT_EQ(worker.receive().messages_size(), 1);
        const std::string half{"\x82\xfe\x10\x00\x01\x02\x03\x04half", 12};
        boost::system::error_code ignored;
        boost::asio::write(worker.stream().next_layer(), boost::asio::buffer(half), ignored);
    }
    EXPECT_TRUE(server.eventually(nobody_is_left));
}

TEST(Stream, ASessionThatTheNodeGivesUpIsClosedWithItsReason) {
    running_server server;
    raw_worker worker(server.port());
    pb::worker::WorkerMessage drain;
    drain.mutable_drain();
    worker.send(drain);
    const auto reason = worker.await_close();
    EXPECT_EQ(reason.code, close_code::policy_error);
    EXPECT_EQ(std::string(reason.reason.c_str()), "drained");
}

TEST(Stream, AWorkerThatNeverReadsIsGivenUpAndCostsABoundedAmount) {
    options from = running_server::quiet();
    from.limits.unsent_bytes = 8U << 20U;
    running_server server(from);
    raw_worker deaf(server.port());
    deaf.send(flood(200));
    ASSERT_TRUE(server.eventually(nobody_is_left));
    raw_worker other(server.port());
    other.send(ping(1));
    EXPECT_EQ(other.receive().messages_size(), 1);
}

TEST(Stream, AWorkerThatStopsReadingIsGivenUpInTime) {
    options from = running_server::quiet();
    from.limits.write_timeout = 200ms;
    running_server server(from);
    raw_worker deaf(server.port());
    deaf.send(flood(30));
    EXPECT_TRUE(server.eventually(nobody_is_left));
    EXPECT_GT(server.look<std::size_t>([](fake_node& node) { return node.most_unsent; }), 1U << 20U);
}

TEST(Stream, AWorkerThatReadsGetsEverything) {
    running_server server;
    raw_worker worker(server.port());
    worker.send(flood(40));
    int messages = 0;
    while (messages < 40) {
        const int got = worker.receive().messages_size();
        ASSERT_GT(got, 0);
        messages += got;
    }
    EXPECT_EQ(messages, 40);
}

TEST(Stream, AWorkerThatWentSilentIsGivenUp) {
    options from = running_server::quiet();
    from.limits.worker_idle_timeout = 200ms;
    running_server server(from);
    // It does not read, so that it does not answer the server's pings either.
    const raw_worker silent(server.port());
    ASSERT_TRUE(server.eventually([](fake_node& node) { return node.sessions == 1; }));
    EXPECT_TRUE(server.eventually(nobody_is_left));
}

std::size_t resident_kib() {
    std::ifstream status("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    status >> total >> resident;
    return resident * 4;
}

/// 10,000, or as many as the descriptors of this process allow: both ends are in it.
std::size_t idle_connections() {
    ::rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    constexpr ::rlim_t others = 100;
    const ::rlim_t descriptors = std::min<::rlim_t>(limit.rlim_max, 1'000'000);
    return std::min<std::size_t>(10'000, (std::max(descriptors, others) - others) / 2);
}

TEST(Stream, TenThousandIdleConnectionsCostLittleAndHarmNobody) {
    const std::size_t count = idle_connections();
    ASSERT_GT(count, 100U) << "too few descriptors to show anything";
    running_server server;
    raw_worker worker(server.port());
    boost::asio::io_context io;
    std::deque<boost::asio::ip::tcp::socket> idle;
    const std::size_t before = resident_kib();
    for (std::size_t i = 0; i < count; ++i) {
        idle.emplace_back(io);
        idle.back().connect({boost::asio::ip::address_v4::loopback(), server.port()});
    }
    raw_client client(server.port());
    EXPECT_EQ(client.ask("GET", "/healthz").status, 200);
    worker.send(ping(1));
    EXPECT_EQ(worker.receive().messages_size(), 1);
    const std::size_t grown = resident_kib() - before;
    RecordProperty("kib_for_idle_connections", static_cast<int>(grown));
#if !defined(__has_feature) || !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
    // Both ends are in this process, and still a connection may cost no more than 4 KiB.
    EXPECT_LT(grown, 4 * count + 4096);
#endif
}

TEST(Stream, ADrainTellsWorkersAndAnswersLongPolls) {
    running_server server;
    raw_worker worker(server.port());
    worker.send(ping(1));
    EXPECT_EQ(worker.receive().messages_size(), 1);
    raw_client poll(server.port());
    poll.send("GET /api/v1/namespaces/d/workflows/o/history?waitNewEvent=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(server.eventually([](fake_node& node) { return node.later.size() == 1; }));
    server.runtime().stop();
    EXPECT_EQ(poll.receive().status, 503);
    const auto frame = worker.receive();
    ASSERT_EQ(frame.messages_size(), 1);
    EXPECT_GT(frame.messages(0).shutdown().reconnect_after_ms(), 0U);
    EXPECT_EQ(worker.await_close().code, close_code::going_away);
    server.stop();
}

}  // namespace
}  // namespace perdure::server
