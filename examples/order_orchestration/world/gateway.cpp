#include "world/gateway.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <thread>

#include "world/payment_ledger.hpp"

namespace shop {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

struct Answer {
    http::status status = http::status::ok;
    nlohmann::json body;
    std::chrono::milliseconds after{0};
};

// The N of "declined-N"; 0 for any other card.
int scripted_count(const std::string& card, const std::string& prefix) {
    int count = 0;
    if (card.starts_with(prefix)) std::from_chars(card.data() + prefix.size(), card.data() + card.size(), count);
    return count;
}

Answer refuse(http::status status, const std::string& reason) { return {.status = status, .body = {{"error", reason}}}; }

Answer charge(PaymentLedger& ledger, const nlohmann::json& request) {
    const std::string key = request.at("key");
    const std::string card = request.at("card");
    const std::string channel = request.at("channel");
    const int nth = ledger.count_request(key);
    if (card == "primary-down" && channel == "primary") return refuse(http::status::service_unavailable, "channel down");
    if (nth <= scripted_count(card, "flaky-")) return refuse(http::status::service_unavailable, "try again");
    if (card == "declined" || nth <= scripted_count(card, "declined-")) return refuse(http::status::payment_required, "declined");
    if (card == "insufficient") return refuse(http::status::payment_required, "insufficient_funds");
    if (card == "fraud") return refuse(http::status::payment_required, "fraud");
    const auto entry =
        ledger.charge(key, request.at("order_id"), channel, std::to_string(request.at("amount_cents").get<std::int64_t>()));
    if (entry.voided) return refuse(http::status::conflict, "voided");
    Answer answer{.body = {{"charge_id", entry.charge_id}}};
    if (card == "slow") answer.after = 1s;
    if (card == "charged-then-silent" && nth == 1) answer.after = 10s;
    return answer;
}

Answer handle(PaymentLedger& ledger, const http::request<http::string_body>& request) {
    try {
        const auto body = nlohmann::json::parse(request.body());
        if (request.target() == "/charge") return charge(ledger, body);
        if (request.target() == "/refund") {
            ledger.refund(body.at("key"), body.at("order_id"));
            return {.body = {{"refunded", body.at("key")}}};
        }
        return refuse(http::status::not_found, "no such path");
    } catch (const nlohmann::json::exception& e) {
        return refuse(http::status::bad_request, e.what());
    } catch (const std::exception& e) {
        return refuse(http::status::service_unavailable, e.what());
    }
}

asio::awaitable<void> serve(tcp::socket socket, PaymentLedger& ledger) {
    try {
        beast::flat_buffer buffer;
        for (bool open = true; open;) {
            http::request<http::string_body> request;
            co_await http::async_read(socket, buffer, request, asio::use_awaitable);
            const Answer answer = handle(ledger, request);
            if (answer.after > 0ms) {
                asio::steady_timer timer(socket.get_executor(), answer.after);
                co_await timer.async_wait(asio::use_awaitable);
            }
            http::response<http::string_body> response(answer.status, request.version());
            response.set(http::field::content_type, "application/json");
            response.keep_alive(request.keep_alive());
            response.body() = answer.body.dump();
            response.prepare_payload();
            co_await http::async_write(socket, response, asio::use_awaitable);
            open = response.keep_alive();
        }
    } catch (const boost::system::system_error&) {
        // The client went away: nothing to answer.
    }
}

}  // namespace

struct Gateway::Impl {
    asio::io_context context{1};
    tcp::acceptor acceptor;
    PaymentLedger ledger;
    std::thread thread;

    Impl(std::uint16_t port, const std::string& path)
        : acceptor(context, {asio::ip::address_v4::loopback(), port}), ledger(path) {
        asio::co_spawn(context, accept(), asio::detached);
        thread = std::thread([this] { context.run(); });
    }
    ~Impl() {
        context.stop();
        thread.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    asio::awaitable<void> accept() {
        for (;;) {
            tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
            asio::co_spawn(context, serve(std::move(socket), ledger), asio::detached);
        }
    }
};

Gateway::Gateway(std::uint16_t port, const std::string& ledger_path) : impl_(std::make_unique<Impl>(port, ledger_path)) {}
Gateway::~Gateway() = default;
std::uint16_t Gateway::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace shop
