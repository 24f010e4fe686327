#include "sdk/client/http_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <future>
#include <thread>
#include <tuple>
#include <vector>

namespace perdure::detail {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using ::testing::HasSubstr;

/// Accepts connections on a thread of its own; the script decides what each one does.
class scripted_server {
  public:
    using script = std::function<void(tcp::socket, int number)>;

    explicit scripted_server(script play) : play_(std::move(play)), thread_([this] { serve(); }) {}
    ~scripted_server() {
        closing_ = true;
        boost::system::error_code ignored;
        tcp::socket wake(io_);
        wake.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }
    [[nodiscard]] http_address address() const { return {"127.0.0.1", std::to_string(acceptor_.local_endpoint().port())}; }
    [[nodiscard]] int connections() const { return connections_; }

  private:
    void serve() {
        for (;;) {
            tcp::socket peer(io_);
            boost::system::error_code error;
            acceptor_.accept(peer, error);
            if (error || closing_) return;
            try {
                play_(std::move(peer), ++connections_);
            } catch (const std::exception&) {  // the client hung up, as some scripts want
            }
        }
    }

    boost::asio::io_context io_;
    tcp::acceptor acceptor_{io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
    script play_;
    std::atomic<bool> closing_{false};
    std::atomic<int> connections_{0};
    std::thread thread_;
};

std::string read_request(tcp::socket& peer) {
    boost::asio::streambuf buffer;
    boost::asio::read_until(peer, buffer, "\r\n\r\n");
    return {boost::asio::buffers_begin(buffer.data()), boost::asio::buffers_end(buffer.data())};
}

void reply(tcp::socket& peer, int status, const std::string& body) {
    boost::asio::write(peer, boost::asio::buffer("HTTP/1.1 " + std::to_string(status) +
                                                 " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
}

result<http_reply> ask(http_pool& pool, http_request request) {
    std::promise<result<http_reply>> answered;
    pool.send(std::move(request), [&](result<http_reply> answer) { answered.set_value(std::move(answer)); });
    return answered.get_future().get();
}

TEST(HttpPool, KeepsItsConnectionBetweenRequests) {
    scripted_server server([](tcp::socket peer, int) {
        for (int request = 0; request < 3; ++request) {
            EXPECT_THAT(read_request(peer), HasSubstr("GET /x HTTP/1.1"));
            reply(peer, 200, std::to_string(request));
        }
    });
    http_pool pool(server.address());
    for (int request = 0; request < 3; ++request) {
        const auto answer = ask(pool, {.target = "/x"});
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, std::to_string(request));
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpPool, ALongRequestOnAConnectionThatItKeptArrivesWhole) {
    const std::string body(std::size_t{16} << 20U, 'x');
    scripted_server server([&](tcp::socket peer, int) {
        (void)read_request(peer);
        reply(peer, 200, "first");
        boost::asio::streambuf request;
        const std::size_t head = boost::asio::read_until(peer, request, "\r\n\r\n");
        boost::asio::read(peer, request, boost::asio::transfer_exactly(head + body.size() - request.size()));
        request.consume(head);
        const std::string got{boost::asio::buffers_begin(request.data()), boost::asio::buffers_end(request.data())};
        reply(peer, 200, got == body ? "whole" : "something else");
    });
    http_pool pool(server.address());
    EXPECT_EQ(ask(pool, {.target = "/"})->body, "first");
    EXPECT_EQ(ask(pool, {.method = "POST", .target = "/", .body = body})->body, "whole");
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpPool, ThreadsThatShareAConnectionGetEachItsOwnAnswers) {
    constexpr int threads = 4;
    constexpr int requests = 50;
    scripted_server server([](tcp::socket peer, int) {
        for (int request = 0; request < threads * requests; ++request) {
            const std::string head = read_request(peer);
            reply(peer, 200, head.substr(4, head.find(' ', 4) - 4));
        }
    });
    http_pool pool(server.address(), 1);
    std::vector<std::thread> askers;
    for (int thread = 0; thread < threads; ++thread)
        askers.emplace_back([&pool, thread] {
            for (int request = 0; request < requests; ++request) {
                const std::string target = "/" + std::to_string(thread) + "/" + std::to_string(request);
                EXPECT_EQ(ask(pool, {.target = target})->body, target);
            }
        });
    for (std::thread& asker : askers) asker.join();
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpPool, AConnectionThatTheServerClosedMeanwhileIsReplaced) {
    scripted_server server([](tcp::socket peer, int number) {
        (void)read_request(peer);
        reply(peer, 200, std::to_string(number));
    });
    http_pool pool(server.address());
    EXPECT_EQ(ask(pool, {.target = "/"})->body, "1");
    EXPECT_EQ(ask(pool, {.target = "/"})->body, "2");
}

TEST(HttpPool, RepeatsWhatIsRepeatableWhileTheServerIsUnavailable) {
    scripted_server server([](tcp::socket peer, int number) {
        (void)read_request(peer);
        if (number < 3) return;  // breaks off without an answer
        reply(peer, 503, "busy");
        (void)read_request(peer);
        reply(peer, 200, "at last");
    });
    http_pool pool(server.address());
    const auto answer = ask(pool, {.target = "/"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "at last");
    EXPECT_EQ(server.connections(), 3);
}

TEST(HttpPool, APollThatBreaksAfterALongWaitHasAllItsPatienceLeft) {
    scripted_server server([](tcp::socket peer, int number) {
        (void)read_request(peer);
        if (number == 1) return boost::asio::steady_timer(peer.get_executor(), 300ms).wait();
        reply(peer, 200, "on the second connection");
    });
    http_pool pool(server.address());
    const auto answer = ask(pool, {.target = "/", .retry_for = 150ms});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "on the second connection");
}

TEST(HttpPool, NeverSendsTwiceWhatMustNotBe) {
    scripted_server server([](tcp::socket peer, int) { (void)read_request(peer); });
    http_pool pool(server.address());
    const auto answer = ask(pool, {.method = "POST", .target = "/", .repeatable = false});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, status_code::unavailable);
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpPool, AServerThatIsNotThereIsUnavailableWithTheRemedy) {
    http_address nowhere;
    {
        const scripted_server gone([](tcp::socket, int) {});
        nowhere = gone.address();
    }
    http_pool pool(nowhere);
    const auto answer = ask(pool, {.target = "/", .retry_for = 50ms});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, status_code::unavailable);
    EXPECT_THAT(answer.error().message, HasSubstr("perdure server start-dev"));
}

TEST(HttpPool, ASilentServerRunsIntoTheDeadline) {
    std::promise<void> over;
    scripted_server server([&](tcp::socket peer, int) {
        (void)read_request(peer);
        over.get_future().wait();
    });
    {
        http_pool pool(server.address());
        const auto answer = ask(pool, {.target = "/", .timeout = 50ms});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, status_code::deadline_exceeded);
    }
    over.set_value();
}

std::shared_ptr<server_list> both(const http_address& first, const http_address& second) {
    return std::make_shared<server_list>(std::vector{first, second});
}

TEST(HttpPool, AStandbySendsItOnToTheServerThatServes) {
    scripted_server standby([](tcp::socket peer, int) {
        (void)read_request(peer);
        reply(peer, 503, "standby");
    });
    scripted_server owner([](tcp::socket peer, int) {
        for (int request = 0; request < 2; ++request) {
            (void)read_request(peer);
            reply(peer, 200, "served");
        }
    });
    http_pool pool(both(standby.address(), owner.address()));
    // Also what must not be done twice: who refused it has not done it.
    EXPECT_EQ(ask(pool, {.target = "/", .repeatable = false})->body, "served");
    EXPECT_EQ(ask(pool, {.target = "/"})->body, "served");
    EXPECT_EQ(standby.connections(), 1);
    EXPECT_EQ(owner.connections(), 1);
}

TEST(HttpPool, AServerThatHangsIsLeftForTheNext) {
    std::promise<void> over;
    scripted_server hangs([&](tcp::socket peer, int) {
        (void)read_request(peer);
        over.get_future().wait();
    });
    scripted_server serves([](tcp::socket peer, int) {
        (void)read_request(peer);
        reply(peer, 200, "served");
    });
    {
        http_pool pool(both(hangs.address(), serves.address()));
        const auto answer = ask(pool, {.target = "/", .timeout = 200ms});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, "served");
    }
    over.set_value();
}

TEST(HttpPool, GoesRoundAllServersUntilOneTakesOver) {
    http_address nowhere;
    {
        const scripted_server gone([](tcp::socket, int) {});
        nowhere = gone.address();
    }
    scripted_server takes_over([](tcp::socket peer, int number) {
        (void)read_request(peer);
        reply(peer, number < 4 ? 503 : 200, "at last");
    });
    http_pool pool(both(nowhere, takes_over.address()));
    const auto answer = ask(pool, {.target = "/"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "at last");
    EXPECT_EQ(takes_over.connections(), 4);
}

const std::string come_back_later =
    R"({"code":8,"message":"overloaded","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.150s"}]})";

TEST(HttpPool, AnOverloadedServerIsLeftAloneForAsLongAsItWantsAndThenAskedAgain) {
    using clock = std::chrono::steady_clock;
    std::vector<clock::time_point> asked;
    scripted_server server([&](tcp::socket peer, int) {
        for (int request = 0; request < 3; ++request) {
            (void)read_request(peer);
            asked.push_back(clock::now());
            reply(peer, request < 2 ? 429 : 200, request < 2 ? come_back_later : "served");
        }
    });
    http_pool pool(server.address());
    const auto answer = ask(pool, {.target = "/"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "served");
    ASSERT_EQ(asked.size(), 3U);
    EXPECT_GE(asked[1] - asked[0], 150ms);
    EXPECT_GE(asked[2] - asked[1], 150ms);
}

TEST(HttpPool, AnOverloadedServersRefusalIsTheAnswerWhenPatienceEndsOrItMustNotBeSentTwiceOrNoDelayIsNamed) {
    for (const auto& [body, repeatable, patience] :
         {std::tuple(come_back_later, true, 100ms), std::tuple(come_back_later, false, 10'000ms),
          std::tuple(std::string(R"({"code":8,"message":"too large","details":[]})"), true, 10'000ms)}) {
        std::atomic<int> requests{0};
        scripted_server server([&, text = body](tcp::socket peer, int) {
            (void)read_request(peer);
            ++requests;
            reply(peer, 429, text);
        });
        http_pool pool(server.address());
        const auto answer = ask(pool, {.target = "/", .repeatable = repeatable, .retry_for = patience});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->status, 429);
        EXPECT_EQ(requests, 1);
    }
}

TEST(HttpPool, RequestsBeyondTheBoundWaitForAConnection) {
    scripted_server server([](tcp::socket peer, int) {
        for (int request = 0; request < 20; ++request) {
            (void)read_request(peer);
            reply(peer, 200, "ok");
        }
    });
    http_pool pool(server.address(), 1);
    std::atomic<int> answered{0};
    std::promise<void> all;
    for (int request = 0; request < 20; ++request)
        pool.send({.target = "/"}, [&](result<http_reply> answer) {
            EXPECT_TRUE(answer);
            if (++answered == 20) all.set_value();
        });
    all.get_future().wait();
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpPool, ItsEndAnswersWhatWasSentAMomentAgo) {
    scripted_server server([](tcp::socket peer, int) {
        (void)read_request(peer);
        reply(peer, 200, "kept");
        for (;;) (void)read_request(peer);
    });
    for (int round = 0; round < 50; ++round) {
        std::promise<result<http_reply>> answered;
        {
            http_pool pool(server.address());
            EXPECT_EQ(ask(pool, {.target = "/"})->body, "kept");
            pool.send({.target = "/"}, [&](result<http_reply> answer) { answered.set_value(std::move(answer)); });
        }
        auto answer = answered.get_future();
        ASSERT_EQ(answer.wait_for(0s), std::future_status::ready) << "in round " << round;
        EXPECT_EQ(answer.get().error().message, "the client was closed");
    }
}

TEST(HttpPool, ItsEndAnswersWhatIsUnderWay) {
    std::promise<void> asked;
    std::promise<void> over;
    scripted_server server([&](tcp::socket peer, int) {
        (void)read_request(peer);
        asked.set_value();
        over.get_future().wait();
    });
    std::promise<result<http_reply>> answered;
    {
        http_pool pool(server.address());
        pool.send({.target = "/"}, [&](result<http_reply> answer) { answered.set_value(std::move(answer)); });
        asked.get_future().wait();
    }
    over.set_value();
    const auto answer = answered.get_future().get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, status_code::unavailable);
}

}  // namespace
}  // namespace perdure::detail
