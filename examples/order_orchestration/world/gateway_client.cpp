#include "world/gateway_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace shop {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

GatewayClient::Reply GatewayClient::post(const std::string& path, const Charge& charge, std::stop_token stop) const {
    asio::io_context context{1};
    beast::tcp_stream stream(context);
    http::request<http::string_body> request(http::verb::post, path, 11);
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::content_type, "application/json");
    request.body() = nlohmann::json{{"key", charge.key},   {"order_id", charge.order_id}, {"customer", charge.customer},
                                    {"card", charge.card}, {"channel", charge.channel},   {"amount_cents", charge.amount_cents}}
                         .dump();
    request.prepare_payload();

    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    boost::system::error_code failed;
    // Asynchronous inside, so that a cancel or the deadline ends a call that the gateway never answers.
    stream.expires_after(15s);
    stream.async_connect({asio::ip::address_v4::loopback(), port_}, [&](boost::system::error_code error) {
        failed = error;
        if (failed) return;
        http::async_write(stream, request, [&](boost::system::error_code write_error, std::size_t) {
            failed = write_error;
            if (failed) return;
            http::async_read(stream, buffer, response,
                             [&](boost::system::error_code read_error, std::size_t) { failed = read_error; });
        });
    });
    const std::stop_callback give_up(stop, [&] { context.stop(); });
    context.run();
    if (stop.stop_requested()) throw perdure::cancelled_error("the charge was given up");
    if (failed) throw std::runtime_error("payment gateway: " + failed.message());
    return {.status = response.result_int(), .body = response.body()};
}

Receipt GatewayClient::charge(const Charge& charge, std::stop_token stop) const {
    const Reply reply = post("/charge", charge, std::move(stop));
    const auto body = nlohmann::json::parse(reply.body, nullptr, false);
    if (body.is_discarded()) throw std::runtime_error("payment gateway: its answer is not JSON");
    if (reply.status == 200) return {.charge_id = body.at("charge_id"), .channel = charge.channel};
    const std::string reason = body.value("error", "no reason given");
    if (reply.status == 503) throw ChannelDown{"channel " + charge.channel + ": " + reason};
    if (reason == "insufficient_funds") throw InsufficientFunds{"card of " + charge.customer};
    if (reason == "fraud") throw FraudSuspected{"card of " + charge.customer};
    if (reason == "declined") throw CardDeclined{"card of " + charge.customer};
    throw std::runtime_error("payment gateway: HTTP " + std::to_string(reply.status) + ": " + reason);
}

void GatewayClient::refund(const Charge& charge) const {
    const Reply reply = post("/refund", charge, {});
    if (reply.status != 200) throw std::runtime_error("payment gateway: refund got HTTP " + std::to_string(reply.status));
}

}  // namespace shop
