#include "sdk/client/http_pool.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "sdk/client/http_failure.hpp"

namespace perdure::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using steady = std::chrono::steady_clock;

constexpr std::size_t largest_reply = 256U << 20U;
constexpr std::chrono::milliseconds connect_limit{3'000};
constexpr std::chrono::milliseconds first_pause{20};
constexpr std::chrono::milliseconds longest_pause{2'000};
// One of several servers takes over within seconds; whoever waits for it should not wait much longer than that.
constexpr std::chrono::milliseconds longest_pause_with_choice{400};

/// One connection; it is either idle in the pool or belongs to one call.
struct pooled_connection {
    pooled_connection(asio::io_context& io, std::size_t of) : server(of), stream(io) {}
    std::size_t server;
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    bool used_before = false;
};

/// One request on its way, with its repetitions.
struct call {
    http_request request;
    http_pool::handler done;
    /// Set at the first failure; patience counts from there, so that a poll which waited long has all of it left.
    std::optional<steady::time_point> trouble_since;
    steady::time_point began;
    int attempt = 0;
    std::unique_ptr<pooled_connection> link;
    http::request<http::string_body> message;
    std::optional<http::response_parser<http::string_body>> parser;
    std::optional<asio::steady_timer> pause;
};

}  // namespace

struct http_pool::impl {
    impl(std::shared_ptr<server_list> where, std::size_t most)
        : servers(std::move(where)), max_connections(most), random(std::random_device{}()) {}

    std::shared_ptr<server_list> servers;
    std::size_t max_connections;
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    std::vector<std::unique_ptr<pooled_connection>> idle;
    std::size_t open_connections = 0;
    std::deque<std::shared_ptr<call>> waiting;
    std::set<std::shared_ptr<call>> active;
    std::minstd_rand random;
    std::thread thread;
    bool closing = false;

    void start(std::shared_ptr<call> next) {
        active.insert(next);
        begin(std::move(next));
    }

    void begin(std::shared_ptr<call> next) {
        ++next->attempt;
        next->began = steady::now();
        const std::size_t server = servers->current();
        // Connections to a server that was left are of no use any more.
        while (!idle.empty() && idle.back()->server != server) {
            idle.pop_back();
            --open_connections;
        }
        if (!idle.empty()) {
            next->link = std::move(idle.back());
            idle.pop_back();
            return write(std::move(next));
        }
        if (open_connections >= max_connections) return waiting.push_back(std::move(next));
        ++open_connections;
        next->link = std::make_unique<pooled_connection>(io, server);
        connect(std::move(next));
    }

    void connect(std::shared_ptr<call> next) {
        auto resolver = std::make_shared<tcp::resolver>(io);
        const http_address& address = servers->at(next->link->server);
        resolver->async_resolve(
            address.host, address.port,
            [self = this, next, resolver](const beast::error_code& error, const tcp::resolver::results_type& found) {
                if (error) return self->failed(next, error.message());
                next->link->stream.expires_after(connect_limit);
                next->link->stream.async_connect(found, [self, next](const beast::error_code& refused, const tcp::endpoint&) {
                    if (refused) return self->failed(next, refused.message());
                    beast::error_code ignored;
                    next->link->stream.socket().set_option(tcp::no_delay(true), ignored);
                    self->write(next);
                });
            });
    }

    void write(std::shared_ptr<call> next) {
        next->message = {};
        next->message.method_string(next->request.method);
        next->message.target(next->request.target);
        next->message.version(11);
        next->message.set(http::field::host, servers->at(next->link->server).text());
        next->message.set(http::field::accept, next->request.media_type);
        next->message.keep_alive(true);
        if (next->request.method != "GET") {
            next->message.set(http::field::content_type, next->request.media_type);
            next->message.body() = next->request.body;
        }
        next->message.prepare_payload();
        next->parser.emplace();
        next->parser->body_limit(largest_reply);
        auto& link = *next->link;
        link.stream.expires_after(next->request.timeout);
        http::async_write(link.stream, next->message, [self = this, next](const beast::error_code& error, std::size_t) {
            if (error) return self->broken(next, error);
            http::async_read(next->link->stream, next->link->buffer, *next->parser,
                             [self, next](const beast::error_code& lost, std::size_t) {
                                 if (lost) return self->broken(next, lost);
                                 self->replied(next);
                             });
        });
    }

    void replied(const std::shared_ptr<call>& finished) {
        auto response = finished->parser->release();
        const std::size_t server = finished->link->server;
        finished->link->stream.expires_never();
        finished->link->used_before = true;
        release(std::move(finished->link), response.keep_alive());
        const int status = response.result_int();
        if (status == 503) {
            servers->move_on(server);
            if (repeat_later(finished)) return;
        }
        // Too much at once: refused before it did anything, and the server says how long it wants to be left alone.
        if (status == 429 && finished->request.repeatable)
            if (const auto delay = read_retry_delay(response.body()); delay && repeat_later(finished, *delay)) return;
        finish(finished, http_reply{status, std::move(response.body())});
    }

    /// Broken while in use. A kept-alive connection that the server closed meanwhile costs nothing: take another at once.
    void broken(const std::shared_ptr<call>& hurt, const beast::error_code& error) {
        const bool late = error == beast::error::timeout;
        const bool stale = hurt->link->used_before && !late;
        const std::size_t server = hurt->link->server;
        release(std::move(hurt->link), false);
        if (stale && hurt->request.repeatable && !closing) return begin(hurt);
        servers->move_on(server);
        if (hurt->request.repeatable && (!late || servers->is_choice()) && repeat_later(hurt)) return;
        finish(hurt, service_failure{
                         .code = late ? status_code::deadline_exceeded : status_code::unavailable,
                         .message = "the request to " + servers->at(server).text() + " came to nothing: " + error.message()});
    }

    /// Never sent: harmless to repeat whatever it is.
    void failed(const std::shared_ptr<call>& hurt, const std::string& reason) {
        servers->move_on(hurt->link->server);
        release(std::move(hurt->link), false);
        if (repeat_later(hurt)) return;
        finish(hurt, service_failure{.code = status_code::unavailable,
                                     .message = "no server answers at " + servers->text() + " (" + reason +
                                                "); start one with `perdure server start-dev`, or set PERDURE_ADDRESS"});
    }

    /// `told`: the server does not want to be asked before.
    bool repeat_later(const std::shared_ptr<call>& again, std::chrono::milliseconds told = {}) {
        const auto now = steady::now();
        if (!again->trouble_since || now - again->began > again->request.retry_for) {
            again->trouble_since = now;
            again->attempt = 1;
        }
        const auto pause = pause_after(again->attempt, std::max(first_pause, told));
        // Those who were refused together must not come back together.
        const auto shortest = std::max(pause / 2, told);
        const auto longest = std::max(pause, shortest + shortest / 2);
        const auto jittered =
            std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(shortest.count(), longest.count())(random));
        if (closing || now + jittered > *again->trouble_since + again->request.retry_for) return false;
        again->pause.emplace(io, jittered);
        again->pause->async_wait([self = this, again](const beast::error_code& cancelled) {
            if (!cancelled) self->begin(again);
        });
        return true;
    }

    /// Each server is asked once before the pause grows.
    [[nodiscard]] std::chrono::milliseconds pause_after(int attempt, std::chrono::milliseconds first) const {
        const auto round = (attempt - 1) / static_cast<int>(servers->size());
        const auto longest = servers->is_choice() ? longest_pause_with_choice : longest_pause;
        return std::min(first * (1 << std::min(round, 8)), std::max(first, longest));
    }

    void release(std::unique_ptr<pooled_connection> link, bool reusable) {
        if (reusable && !closing && link->server == servers->current()) {
            idle.push_back(std::move(link));
        } else {
            --open_connections;
        }
        if (waiting.empty() || closing) return;
        auto next = std::move(waiting.front());
        waiting.pop_front();
        --next->attempt;
        begin(std::move(next));
    }

    void finish(const std::shared_ptr<call>& finished, result<http_reply> outcome) {
        if (active.erase(finished) == 0) return;
        finished->done(std::move(outcome));
    }

    void close() {
        closing = true;
        const auto unanswered = std::exchange(active, {});
        waiting.clear();
        for (const auto& left : unanswered) {
            if (left->pause) left->pause->cancel();
            if (left->link) {
                beast::error_code ignored;
                left->link->stream.socket().close(ignored);
            }
            left->done(service_failure{.code = status_code::unavailable, .message = "the client was closed"});
        }
        idle.clear();
    }
};

http_pool::http_pool(http_address only, std::size_t max_connections)
    : http_pool(std::make_shared<server_list>(std::move(only)), max_connections) {}

http_pool::http_pool(std::shared_ptr<server_list> servers, std::size_t max_connections)
    : impl_(std::make_shared<impl>(std::move(servers), max_connections)) {
    impl_->thread = std::thread([pool = impl_.get()] { pool->io.run(); });
}

http_pool::~http_pool() {
    const auto end = [](impl& pool) {
        pool.work.reset();
        pool.io.stop();
        pool.thread.join();
        pool.close();
    };
    if (impl_->thread.get_id() != std::this_thread::get_id()) {
        end(*impl_);
    } else {
        // The last reference went away in a reply, on the pool's own thread, which cannot wait for itself.
        std::thread([end, pool = std::move(impl_)] { end(*pool); }).detach();
    }
}

void http_pool::after(std::chrono::milliseconds delay, std::function<void()> then) {
    asio::post(impl_->io, [pool = impl_.get(), delay, then = std::move(then)]() mutable {
        auto timer = std::make_shared<asio::steady_timer>(pool->io, delay);
        timer->async_wait([timer, then = std::move(then)](const beast::error_code& cancelled) {
            if (!cancelled) then();
        });
    });
}

void http_pool::send(http_request request, handler done) {
    auto next = std::make_shared<call>();
    next->request = std::move(request);
    next->done = std::move(done);
    asio::post(impl_->io, [pool = impl_.get(), next = std::move(next)]() mutable { pool->start(std::move(next)); });
}

}  // namespace perdure::detail
