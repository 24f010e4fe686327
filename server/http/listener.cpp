#include "server/http/listener.hpp"

#include "server/http/connection.hpp"

namespace perdure::server {
namespace {

namespace asio = boost::asio;
using error_code = boost::system::error_code;

constexpr int backlog = 1024;
constexpr std::chrono::milliseconds accept_pause{100};

service_failure cannot_listen(const std::string& address, std::uint16_t port, const error_code& error) {
    const std::string where = address + ":" + std::to_string(port);
    if (error == asio::error::address_in_use)
        return {status_code::failed_precondition,
                "another process listens on " + where + "; stop it, or choose another port with --http-port"};
    return {status_code::failed_precondition, "cannot listen on " + where + ": " + error.message()};
}

}  // namespace

struct listener::implementation : std::enable_shared_from_this<implementation> {
    implementation(asio::io_context& io, listener_environment around)
        : acceptor(io),
          pause(io),
          context(std::make_shared<http_context>(
              connection_context{around.enter, around.measured, around.log, around.limits, around.why_not_ready},
              around.handler)) {}

    result<done> start(const std::string& address, std::uint16_t port) {
        error_code error;
        const auto parsed = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
        if (error)
            return service_failure{status_code::invalid_argument, "\"" + address +
                                                                      "\" is no IP address; write one like 127.0.0.1, or 0.0.0.0 "
                                                                      "for all interfaces"};
        const asio::ip::tcp::endpoint at(parsed, port);
        acceptor.open(at.protocol(), error);
        if (!error) acceptor.set_option(loop_acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(at, error);
        if (!error) acceptor.listen(backlog, error);
        if (error) return cannot_listen(address, port, error);
        accept();
        return done{};
    }

    void accept() {
        acceptor.async_accept([self = shared_from_this()](error_code error, loop_socket socket) {
            if (error == asio::error::operation_aborted || !self->acceptor.is_open()) return;
            if (error) return self->retry(error);
            self->welcome(std::move(socket));
            self->accept();
        });
    }

    // Out of descriptors, most likely: accepting at once would only fail again.
    void retry(const error_code& error) {
        context->log.warn("cannot accept a connection", {{"reason", error.message()}});
        if (connection_handle* idle = context->open.longest_idle()) idle->close();
        pause.expires_after(accept_pause);
        pause.async_wait([self = shared_from_this()](error_code stopped) {
            if (!stopped) self->accept();
        });
    }

    void welcome(loop_socket socket) {
        error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        if (context->open.size() < context->limits.connections) return serve_http(std::move(socket), context);
        if (connection_handle* idle = context->open.longest_idle()) {
            idle->close();
            return serve_http(std::move(socket), context);
        }
        context->measured.count("http_connections_refused");
        refuse_connection(std::move(socket), context);
    }

    void stop_accepting() {
        error_code ignored;
        acceptor.close(ignored);
        pause.cancel();
    }

    loop_acceptor acceptor;
    loop_timer pause;
    std::shared_ptr<http_context> context;
};

listener::listener(boost::asio::io_context& io, listener_environment environment)
    : implementation_(std::make_shared<implementation>(io, std::move(environment))) {
    implementation_->context->measured.before_scrape([context = std::weak_ptr(implementation_->context)](metrics& into) {
        const auto alive = context.lock();
        if (!alive) return;
        into.set("worker_connections", {}, static_cast<double>(alive->workers));
        into.set("http_connections", {}, static_cast<double>(alive->open.size() - alive->workers));
    });
}

listener::~listener() { close(); }

result<done> listener::start(const std::string& address, std::uint16_t port) { return implementation_->start(address, port); }

std::uint16_t listener::port() const noexcept {
    error_code ignored;
    return implementation_->acceptor.local_endpoint(ignored).port();
}

void listener::drain() {
    implementation_->stop_accepting();
    implementation_->context->draining = true;
    implementation_->context->open.for_each([](connection_handle& one) { one.drain(); });
}

void listener::node_gone(const std::string& reason) {
    implementation_->context->open.for_each([&](connection_handle& one) { one.node_gone(reason); });
}

bool listener::quiet() const noexcept {
    bool quiet = true;
    implementation_->context->open.for_each(
        [&](const connection_handle& one) { quiet = quiet && !one.answering() && one.unsent_bytes() == 0; });
    return quiet;
}

std::size_t listener::connections() const noexcept { return implementation_->context->open.size(); }

void listener::close() {
    implementation_->stop_accepting();
    implementation_->context->draining = true;
    implementation_->context->open.for_each([](connection_handle& one) { one.close(); });
}

}  // namespace perdure::server
