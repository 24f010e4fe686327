#include "tests/integration/server/load.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <stdexcept>

namespace perdure::server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using clock = std::chrono::steady_clock;
using milliseconds = std::chrono::duration<double, std::milli>;

struct firing {
    const load& wanted;
    tcp::endpoint at;
    clock::time_point begin;
    clock::time_point counted_from;
    std::size_t number = 0;
    std::vector<shot> shots{};
    std::string trouble{};
};

asio::awaitable<shot> ask(boost::beast::tcp_stream& stream, boost::beast::flat_buffer& buffer,
                          const std::pair<std::string, std::string>& what, const std::string& media_type) {
    http::request<http::string_body> request(http::verb::post, what.first, 11, what.second);
    request.set(http::field::host, "localhost");
    request.set(http::field::content_type, media_type);
    request.set(http::field::accept, media_type);
    request.prepare_payload();
    const auto sent = clock::now();
    co_await http::async_write(stream, request, asio::use_awaitable);
    http::response<http::string_body> got;
    co_await http::async_read(stream, buffer, got, asio::use_awaitable);
    const milliseconds waited = clock::now() - sent;
    const bool told = got.count(http::field::retry_after) > 0 && got.body().find("\"retryDelay\":\"") != std::string::npos;
    co_return shot{.status = static_cast<int>(got.result_int()),
                   .waited_ms = waited.count(),
                   .told_when_to_come_back = told,
                   .body = std::move(got.body())};
}

asio::awaitable<void> one_connection(firing& on, std::size_t index) {
    boost::beast::tcp_stream stream(co_await asio::this_coro::executor);
    boost::beast::flat_buffer buffer;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto all = static_cast<double>(on.wanted.connections);
    const std::chrono::duration<double> step(on.wanted.per_second > 0 ? all / on.wanted.per_second : 0);
    auto due = on.begin + std::chrono::duration_cast<clock::duration>(step * static_cast<double>(index) / all);
    try {
        co_await stream.async_connect(on.at, asio::use_awaitable);
        stream.socket().set_option(tcp::no_delay(true));
        for (;;) {
            if (on.wanted.per_second <= 0) due = clock::now();
            if (due >= on.begin + on.wanted.lasts) co_return;
            if (due > clock::now()) {
                timer.expires_at(due);
                co_await timer.async_wait(asio::use_awaitable);
            }
            shot one = co_await ask(stream, buffer, on.wanted.request(on.number++), on.wanted.media_type);
            if (due >= on.counted_from) on.shots.push_back(std::move(one));
            due += std::chrono::duration_cast<clock::duration>(step);
        }
    } catch (const std::exception& e) {
        on.trouble = e.what();
    }
}

}  // namespace

std::vector<shot> fire(std::uint16_t port, const load& wanted, std::chrono::milliseconds from) {
    asio::io_context io(1);
    const auto begin = clock::now();
    firing on{.wanted = wanted, .at = {asio::ip::address_v4::loopback(), port}, .begin = begin, .counted_from = begin + from};
    for (std::size_t i = 0; i < wanted.connections; ++i) asio::co_spawn(io, one_connection(on, i), asio::detached);
    io.run();
    if (!on.trouble.empty()) throw std::runtime_error("a connection of the load: " + on.trouble);
    return std::move(on.shots);
}

}  // namespace perdure::server
