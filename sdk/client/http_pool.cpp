#include "sdk/client/http_pool.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "sdk/client/http_failure.hpp"
#include "sdk/client/loop_socket.hpp"

namespace perdure::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using steady = std::chrono::steady_clock;

constexpr std::size_t largest_reply = 256U << 20U;
constexpr std::size_t most_at_a_time = 64U << 10U;
constexpr std::chrono::milliseconds connect_limit{3'000};
constexpr std::chrono::milliseconds first_pause{20};
constexpr std::chrono::milliseconds longest_pause{2'000};
// One of several servers takes over within seconds; whoever waits for it should not wait much longer than that.
constexpr std::chrono::milliseconds longest_pause_with_choice{400};

/// One connection; it is either idle in the pool or belongs to one call.
struct pooled_connection {
    pooled_connection(asio::io_context& io, std::size_t of) : server(of), socket(io) {}
    void close() {
        beast::error_code ignored;
        socket.close(ignored);
    }
    std::size_t server;
    loop_socket socket;
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
    /// When the connection is given up; set while it is waited for.
    std::optional<steady::time_point> deadline;
    bool late = false;
    std::string head;
    /// Of head and body, and what kept the rest.
    std::size_t sent = 0;
    beast::error_code refused;
    std::optional<http::response_parser<http::string_body>> parser;
    std::optional<asio::steady_timer> pause;
};

std::string head_of(const http_request& request, const std::string& host) {
    std::string text;
    text.reserve(256);
    text.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ").append(host);
    text.append("\r\nAccept: ").append(request.media_type);
    if (request.method != "GET") {
        text.append("\r\nContent-Type: ").append(request.media_type);
        text.append("\r\nContent-Length: ").append(std::to_string(request.body.size()));
    }
    return text.append("\r\n\r\n");
}

}  // namespace

struct http_pool::impl {
    impl(std::shared_ptr<server_list> where, std::size_t most)
        : servers(std::move(where)), max_connections(most), random(std::random_device{}()) {}

    std::shared_ptr<server_list> servers;
    std::size_t max_connections;
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    /// What is not in use, for whoever wants to send something, on any thread.
    std::mutex idling;
    std::vector<std::unique_ptr<pooled_connection>> idle;
    /// How many calls were given to the pool, by any thread.
    std::atomic<std::uint64_t> given{0};
    // The rest is the pool's thread's.
    /// Of those that were given.
    std::uint64_t begun = 0;
    std::size_t open_connections = 0;
    std::deque<std::shared_ptr<call>> waiting;
    std::set<std::shared_ptr<call>> active;
    loop_timer watch_timer{io};
    std::optional<steady::time_point> watch_due;
    std::minstd_rand random;
    std::thread thread;
    bool closing = false;

    /// A call that was sent already, if it has a connection.
    void start(std::shared_ptr<call> next) {
        ++begun;
        active.insert(next);
        if (closing) return finish(next, closed());
        if (next->link == nullptr) return begin(std::move(next));
        ++next->attempt;
        next->began = steady::now();
        was_sent(std::move(next));
    }

    void begin(std::shared_ptr<call> next) {
        ++next->attempt;
        next->began = steady::now();
        if (next->link == nullptr) next->link = take_idle();
        if (next->link != nullptr) return write(std::move(next));
        drop_left_behind();
        if (open_connections >= max_connections) return waiting.push_back(std::move(next));
        ++open_connections;
        next->link = std::make_unique<pooled_connection>(io, servers->current());
        connect(std::move(next));
    }

    /// A connection to the server in use, or null. Any thread.
    [[nodiscard]] std::unique_ptr<pooled_connection> take_idle() {
        const std::lock_guard lock(idling);
        if (idle.empty() || idle.back()->server != servers->current()) return nullptr;
        auto taken = std::move(idle.back());
        idle.pop_back();
        return taken;
    }

    /// Connections to a server that was left are of no use any more.
    void drop_left_behind() {
        const std::lock_guard lock(idling);
        open_connections -= std::erase_if(idle, [&](const auto& one) { return one->server != servers->current(); });
    }

    void connect(std::shared_ptr<call> next) {
        auto resolver = std::make_shared<tcp::resolver>(io);
        const http_address& address = servers->at(next->link->server);
        resolver->async_resolve(
            address.host, address.port,
            [self = this, next, resolver](const beast::error_code& error, const tcp::resolver::results_type& found) {
                if (error) return self->failed(next, error.message());
                self->expect(*next, connect_limit);
                asio::async_connect(next->link->socket, found,
                                    [self, next](const beast::error_code& refused, const tcp::endpoint&) {
                                        if (refused) return self->failed(next, next->late ? "timed out" : refused.message());
                                        beast::error_code ignored;
                                        next->link->socket.set_option(tcp::no_delay(true), ignored);
                                        next->link->socket.non_blocking(true, ignored);
                                        self->write(next);
                                    });
            });
    }

    void write(std::shared_ptr<call> next) {
        put(*next);
        was_sent(std::move(next));
    }

    [[nodiscard]] static std::size_t body_size(const http_request& of) { return of.method == "GET" ? 0 : of.body.size(); }

    /// Sends what there is room for, which is nearly always all of it: then nobody has to come back for it. On any thread, for
    /// the call and its connection are nobody else's.
    void put(call& next) const {
        next.head = head_of(next.request, servers->at(next.link->server).text());
        next.parser.emplace();
        next.parser->body_limit(largest_reply);
        next.parser->eager(true);
        const std::array<asio::const_buffer, 2> all{asio::buffer(next.head),
                                                    asio::buffer(next.request.body, body_size(next.request))};
        next.refused = {};
        next.sent = next.link->socket.write_some(all, next.refused);
    }

    void was_sent(std::shared_ptr<call> next) {
        expect(*next, next->request.timeout);
        if (next->refused && next->refused != asio::error::would_block) return broken(next, next->refused);
        const std::size_t body = body_size(next->request);
        if (next->sent == next->head.size() + body) return read(std::move(next));
        next->head.append(next->request.body, 0, body);
        asio::async_write(next->link->socket, asio::buffer(next->head) + next->sent,
                          [self = this, next](const beast::error_code& lost, std::size_t) {
                              if (lost) return self->broken(next, lost);
                              self->read(next);
                          });
    }

    void read(std::shared_ptr<call> next) {
        auto& link = *next->link;
        const auto room = link.buffer.prepare(beast::read_size(link.buffer, most_at_a_time));
        link.socket.async_read_some(
            room, [self = this, next = std::move(next)](const beast::error_code& lost, std::size_t size) mutable {
                beast::error_code error = lost;
                next->link->buffer.commit(size);
                if (!error) {
                    next->link->buffer.consume(next->parser->put(next->link->buffer.data(), error));
                    if (error == http::error::need_more) error = {};
                } else if (error == asio::error::eof && next->parser->got_some()) {
                    error = {};
                    next->parser->put_eof(error);
                }
                if (error) return self->broken(next, error);
                if (!next->parser->is_done()) return self->read(std::move(next));
                self->replied(next);
            });
    }

    /// Gives the call's connection up when nothing has come of it by then. A timer is set only where none is due before, so
    /// that a call which is answered in time costs none.
    void expect(call& of, std::chrono::milliseconds within) {
        of.late = false;
        of.deadline = steady::now() + within;
        watch_until(*of.deadline);
    }

    void watch_until(steady::time_point deadline) {
        if (watch_due && *watch_due <= deadline) return;
        watch_due = deadline;
        watch_timer.expires_at(deadline);
        watch_timer.async_wait([this](const beast::error_code& cancelled) {
            if (cancelled) return;
            watch_due.reset();
            give_up_the_late();
        });
    }

    void give_up_the_late() {
        const auto now = steady::now();
        for (const auto& one : active) {
            if (!one->deadline) continue;
            if (*one->deadline > now) {
                watch_until(*one->deadline);
                continue;
            }
            one->late = true;
            one->deadline.reset();
            one->link->close();
        }
    }

    void replied(const std::shared_ptr<call>& finished) {
        auto response = finished->parser->release();
        const std::size_t server = finished->link->server;
        finished->deadline.reset();
        finished->link->used_before = true;
        release(std::move(finished->link), response.keep_alive() && !finished->late);
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
        if (closing) return finish(hurt, closed());
        const bool late = hurt->late;
        const bool stale = hurt->link->used_before && !late;
        const std::size_t server = hurt->link->server;
        hurt->deadline.reset();
        release(std::move(hurt->link), false);
        if (stale && hurt->request.repeatable && !closing) return begin(hurt);
        servers->move_on(server);
        if (hurt->request.repeatable && (!late || servers->is_choice()) && repeat_later(hurt)) return;
        finish(hurt, service_failure{.code = late ? status_code::deadline_exceeded : status_code::unavailable,
                                     .message = "the request to " + servers->at(server).text() +
                                                " came to nothing: " + (late ? "timed out" : error.message())});
    }

    /// Never sent: harmless to repeat whatever it is.
    void failed(const std::shared_ptr<call>& hurt, const std::string& reason) {
        if (closing) return finish(hurt, closed());
        servers->move_on(hurt->link->server);
        hurt->deadline.reset();
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
        const bool stays = reusable && !closing && link->server == servers->current();
        if (!stays) {
            link.reset();
            --open_connections;
        }
        if (waiting.empty() || closing) {
            const std::lock_guard lock(idling);
            if (stays) idle.push_back(std::move(link));
            return;
        }
        auto next = std::move(waiting.front());
        waiting.pop_front();
        --next->attempt;
        next->link = std::move(link);
        begin(std::move(next));
    }

    void finish(const std::shared_ptr<call>& finished, result<http_reply> outcome) {
        if (active.erase(finished) == 0) return;
        finished->done(std::move(outcome));
    }

    [[nodiscard]] static service_failure closed() {
        return {.code = status_code::unavailable, .message = "the client was closed"};
    }

    /// Once its thread has ended.
    void close() {
        closing = true;
        const std::uint64_t last = given;
        {
            const std::lock_guard lock(idling);
            idle.clear();
        }
        const auto unanswered = active;
        waiting.clear();
        for (const auto& left : unanswered) {
            if (left->pause) left->pause->cancel();
            if (left->link) left->link->close();
            finish(left, closed());
        }
        // What was given a moment ago and has not begun is answered too; what these answers bring about is not.
        io.restart();
        while (begun < last && io.poll_one() > 0) continue;
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
    // Sent before the pool's thread is woken: the server works while that one wakes up.
    next->link = impl_->take_idle();
    if (next->link != nullptr) impl_->put(*next);
    ++impl_->given;
    asio::post(impl_->io, [pool = impl_.get(), next = std::move(next)]() mutable { pool->start(std::move(next)); });
}

}  // namespace perdure::detail
