#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>

#include "tests/integration/server/harness.hpp"

namespace perdure::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* a_workflow = "/api/v1/namespaces/default/workflows/o-1";

TEST(Http, AConnectionServesManyRequests) {
    running_server server;
    raw_client client(server.port());
    for (int i = 0; i < 5; ++i) {
        const answer got = client.ask("POST", a_workflow, R"({"workflowType":{"name":"order"}})");
        EXPECT_EQ(got.status, 200);
        EXPECT_EQ(got.body, R"({"runId":"run-of-o-1"})");
    }
    EXPECT_EQ(client.ask("GET", "/healthz").status, 200);
}

TEST(Http, RequestsSentTogetherAreAnsweredInOrder) {
    running_server server;
    raw_client client(server.port());
    client.send(
        "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET /readyz HTTP/1.1\r\nHost: "
        "a\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200);
    EXPECT_EQ(client.receive().status, 404);
    EXPECT_EQ(client.receive().status, 200);
}

TEST(Http, AClientThatWantsToCloseIsClosed) {
    running_server server;
    raw_client client(server.port());
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200);
    EXPECT_TRUE(client.closed());
}

TEST(Http, ABodyIsAwaitedBeforeItIsSent) {
    running_server server;
    raw_client client(server.port());
    client.send("POST " + std::string(a_workflow) + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.receive().status, 100);
    client.send("{}");
    EXPECT_EQ(client.receive().status, 200);
}

struct bad_request {
    const char* name;
    std::string text;
    int status;
    const char* says;
};

class BadRequests : public testing::TestWithParam<bad_request> {};

TEST_P(BadRequests, GetAnAnswerAndTheServerGoesOn) {
    options from = running_server::quiet();
    from.limits.body_bytes = 1000;
    from.limits.header_bytes = 2000;
    running_server server(from);
    raw_client client(server.port());
    client.send(GetParam().text);
    const answer got = client.receive();
    EXPECT_EQ(got.status, GetParam().status) << got.head;
    EXPECT_THAT(got.body, HasSubstr(R"({"code":)"));
    EXPECT_THAT(got.body, HasSubstr(GetParam().says));
    EXPECT_EQ(raw_client(server.port()).ask("GET", "/healthz").status, 200);
}

std::string post(const std::string& body) {
    return "POST " + std::string(a_workflow) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadRequests,
    testing::Values(
        bad_request{"not_http", "\x16\x03\x01 hello, is this TLS?\r\n\r\n", 400, "not an HTTP/1.1 request"},
        bad_request{"large_body", post(std::string(1001, ' ')), 413, "larger than 1000 bytes"},
        bad_request{"large_chunks",
                    "POST " + std::string(a_workflow) + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                        std::string(2000, ' ') + "\r\n0\r\n\r\n",
                    413, "larger than 1000 bytes"},
        bad_request{"large_header", "GET / HTTP/1.1\r\nX: " + std::string(3000, 'x') + "\r\n\r\n", 431, "larger than 2000 bytes"},
        bad_request{"large_target", "GET /" + std::string(3000, 'x') + " HTTP/1.1\r\n\r\n", 431, "larger than 2000 bytes"},
        bad_request{"negative_length", "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400, "not an HTTP/1.1 request"},
        bad_request{"malformed_json", post("{"), 400, "code\":3"},
        bad_request{"unknown_enum", post(R"({"workflowIdReusePolicy":"x"})"), 400, "workflowIdReusePolicy"},
        bad_request{"wrong_type", post(R"({"workflowType":{"name":[1]}})"), 400, "workflowType.name"},
        bad_request{"bad_utf8", post("{\"identity\":\"\xc3\x28\"}"), 400, "UTF-8"},
        bad_request{"bad_utf8_in_url", "GET /api/v1/namespaces/%ff/workflows HTTP/1.1\r\nHost: a\r\n\r\n", 400, "UTF-8"},
        bad_request{"nesting", post(R"({"input":)" + std::string(400, '[') + std::string(400, ']') + "}"), 400, "nest"},
        bad_request{"unknown_path", "GET /api/v1/orders HTTP/1.1\r\nHost: a\r\n\r\n", 404, "nothing is served at"},
        bad_request{"upgrade_elsewhere",
                    "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: "
                    "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                    404, "there is no WebSocket at /chat"},
        bad_request{"upgrade_of_a_browser",
                    "GET /api/v1/worker-stream HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\n"
                    "Connection: upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Protocol: perdure.worker.v1\r\n\r\n",
                    403, "not for browsers"}),
    [](const auto& one) { return one.param.name; });

TEST(Http, ASlowHeaderIsGivenUp) {
    options from = running_server::quiet();
    from.limits.header_timeout = 50ms;
    running_server server(from);
    raw_client client(server.port());
    client.send("GET /healthz HTT");
    EXPECT_EQ(client.receive().status, 408);
    EXPECT_TRUE(client.closed());
}

TEST(Http, ASlowBodyIsGivenUp) {
    options from = running_server::quiet();
    from.limits.body_timeout = 50ms;
    running_server server(from);
    raw_client client(server.port());
    client.send("POST " + std::string(a_workflow) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{");
    EXPECT_EQ(client.receive().status, 408);
    EXPECT_TRUE(client.closed());
}

TEST(Http, AnIdleConnectionIsClosed) {
    options from = running_server::quiet();
    from.limits.idle_timeout = 50ms;
    running_server server(from);
    raw_client client(server.port());
    EXPECT_EQ(client.ask("GET", "/healthz").status, 200);
    EXPECT_TRUE(client.closed());
}

TEST(Http, ARequestWithoutAnAnswerTimesOut) {
    options from = running_server::quiet();
    from.limits.request_timeout = 50ms;
    running_server server(from);
    raw_client client(server.port());
    const answer got = client.ask("GET", std::string(a_workflow) + "/history?waitNewEvent=true");
    EXPECT_EQ(got.status, 504);
    EXPECT_THAT(got.body, HasSubstr(R"("code":4)"));
}

TEST(Http, APeerThatLeavesInTheMiddleHarmsNobody) {
    running_server server;
    for (const char* part : {"", "GET", "POST /x HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf"})
        raw_client(server.port()).send(part);
    raw_client(server.port()).send("GET " + std::string(a_workflow) + "/history?waitNewEvent=true HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(server.eventually([](fake_node& node) { return node.later.size() == 1; }));
    server.on_node([](fake_node& node) {
        node.later.front()(pb::service::GetWorkflowExecutionHistoryResponse{});
        node.later.clear();
    });
    EXPECT_EQ(raw_client(server.port()).ask("GET", "/healthz").status, 200);
}

TEST(Http, AtTheLimitTheLongestIdleMakesRoom) {
    options from = running_server::quiet();
    from.limits.connections = 2;
    running_server server(from);
    raw_client first(server.port());
    EXPECT_EQ(first.ask("GET", "/healthz").status, 200);
    raw_client second(server.port());
    EXPECT_EQ(second.ask("GET", "/healthz").status, 200);
    raw_client third(server.port());
    EXPECT_EQ(third.ask("GET", "/healthz").status, 200);
    EXPECT_TRUE(first.closed());
    EXPECT_EQ(second.ask("GET", "/healthz").status, 200);
}

TEST(Http, AtTheLimitOfBusyOnesANewOneIsRefused) {
    options from = running_server::quiet();
    from.limits.connections = 1;
    running_server server(from);
    raw_client busy(server.port());
    busy.send("GET " + std::string(a_workflow) + "/history?waitNewEvent=true HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(server.eventually([](fake_node& node) { return node.later.size() == 1; }));
    raw_client refused(server.port());
    const answer got = refused.receive();
    EXPECT_EQ(got.status, 503);
    EXPECT_THAT(got.body, HasSubstr("limit of 1 connections"));
}

TEST(Http, TheNodeIsWokenWhenSomethingIsDue) {
    running_server server;
    std::vector<std::chrono::nanoseconds> late;
    for (int i = 0; i < 21; ++i) {
        wall_time due{};
        server.on_node([&](fake_node& node) { node.due = due = node.advanced.back() + 10ms; });
        ASSERT_TRUE(server.eventually([](fake_node& node) { return !node.due; }));
        late.push_back(server.look<wall_time>([](fake_node& node) { return node.fired.back(); }) - due);
    }
    std::ranges::sort(late);
    EXPECT_GE(late.front(), 0ns);
    EXPECT_LE(late[late.size() / 2], 10ms);
}

TEST(Http, AnIdleServerDoesNothing) {
    running_server server;
    const auto turns = server.look<std::size_t>([](fake_node& node) { return node.advanced.size(); });
    std::this_thread::sleep_for(300ms);
    // The second look, and one or two of the server's own at how late it was with the first one; these would be fifteen in a
    // server that goes on looking.
    EXPECT_LE(server.look<std::size_t>([](fake_node& node) { return node.advanced.size(); }), turns + 3);
}

TEST(Http, APortInUseIsRefusedWithTheRemedy) {
    running_server server;
    options from = running_server::quiet();
    from.http_port = server.port();
    fake_node* made = nullptr;
    const auto second = server_runtime::start(from, {.from = std::make_unique<fake_source>(made)});
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("another process listens on 127.0.0.1:"));
    EXPECT_THAT(second.error().message, HasSubstr("--http-port"));
}

TEST(Http, MetricsTellOfTheServer) {
    running_server server;
    raw_client client(server.port());
    EXPECT_EQ(client.ask("GET", "/api/v1/system-info").status, 200);
    const answer scraped = client.ask("GET", "/metrics");
    EXPECT_THAT(scraped.body, HasSubstr("service_requests{operation=\"GetSystemInfo\"} 1"));
    EXPECT_THAT(scraped.body, HasSubstr("http_connections 1"));
    EXPECT_THAT(scraped.body, HasSubstr("process_resident_memory_bytes"));
}

}  // namespace
}  // namespace perdure::server
