#include "server/http/connection.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>

#include "server/http/error_body.hpp"
#include "server/stream/lazy_deadline.hpp"
#include "server/stream/stream_connection.hpp"

namespace perdure::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using error_code = boost::system::error_code;

constexpr std::chrono::milliseconds linger_time{1'000};
constexpr std::size_t linger_bytes = 16UL * 1024 * 1024;
constexpr std::size_t kept_buffer_bytes = 16UL * 1024;

// What the connection waits for; each has its own deadline and its own way to end.
enum class phase { idle, header, body, service, writing, lingering, over };

class http_connection final : public connection_handle, public std::enable_shared_from_this<http_connection> {
  public:
    http_connection(loop_socket socket, std::shared_ptr<http_context> context)
        : socket_(std::move(socket)), deadline_(socket_.get_executor()), context_(std::move(context)) {
        place_ = context_->open.add(this);
    }
    ~http_connection() override {
        if (waits_)
            context_->open.remove_idle(place_);
        else
            context_->open.remove_busy(place_);
    }

    void await_request() {
        parser_.reset();
        if (context_->draining) return close();
        if (buffer_.size() > 0) return read_header();
        // An idle connection holds neither parser nor buffer, so that thousands of them cost little.
        if (buffer_.capacity() > 0) buffer_.shrink_to_fit();
        enter(phase::idle, limits().idle_timeout);
        context_->open.to_idle(place_);
        waits_ = true;
        socket_.async_wait(loop_socket::wait_read, [self = shared_from_this()](error_code error) {
            self->stop_waiting();
            if (error || self->phase_ != phase::idle) return self->close();
            self->read_header();
        });
    }

    void refuse(const service_failure& failure) { respond(refusal(failure), true); }

    void drain() override {
        if (phase_ == phase::idle) close();
    }
    void close() override {
        stop_waiting();
        phase_ = phase::over;
        deadline_.cancel();
        error_code ignored;
        socket_.close(ignored);
    }
    // Its request, if it has one, was answered by the node as it went.
    void node_gone(const std::string&) override {}
    [[nodiscard]] bool answering() const override {
        return phase_ == phase::body || phase_ == phase::service || phase_ == phase::writing;
    }
    [[nodiscard]] std::size_t unsent_bytes() const override { return 0; }

  private:
    [[nodiscard]] const connection_limits& limits() const { return context_->limits; }

    void stop_waiting() {
        if (!waits_) return;
        context_->open.to_busy(place_);
        waits_ = false;
    }

    void enter(phase next, std::chrono::milliseconds limit) {
        phase_ = next;
        deadline_.start(limit, shared_from_this(), &http_connection::expired);
    }

    void expired() {
        switch (phase_) {
            case phase::header:
            case phase::body:
                slow_ = true;
                socket_.cancel();
                return;
            case phase::service:
                // The node's answer, should it still come, finds that nobody waits for it.
                ++request_;
                return respond(refusal({status_code::deadline_exceeded,
                                        "the service gave no answer in time; ask again, the request may have taken effect"}),
                               true);
            case phase::idle:
            case phase::writing:
            case phase::lingering:
            case phase::over:
                return close();
        }
    }

    void read_header() {
        enter(phase::header, limits().header_timeout);
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits().header_bytes));
        parser_->body_limit(limits().body_bytes);
        http::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
            if (error) return self->failed(error);
            self->take_header();
        });
    }

    void take_header() {
        const auto& request = parser_->get();
        if (beast::websocket::is_upgrade(request)) return upgrade();
        enter(phase::body, limits().body_timeout);
        if (beast::iequals(request[http::field::expect], "100-continue")) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            asio::async_write(socket_, asio::buffer(go_on), [self = shared_from_this()](error_code error, std::size_t) {
                if (error) return self->failed(error);
                self->read_body();
            });
            return;
        }
        read_body();
    }

    void read_body() {
        http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
            if (error) return self->failed(error);
            self->serve();
        });
    }

    // Reading a request failed: whoever sent one that cannot be served is told why.
    void failed(error_code error) {
        if (slow_) return respond(with_status(408, "the request did not arrive in time; send it without pauses"), true);
        if (error == http::error::body_limit)
            return respond(with_status(413, "the body is larger than " + std::to_string(limits().body_bytes) +
                                                " bytes; keep large data elsewhere and send a reference"),
                           true);
        if (error == http::error::header_limit || error == http::error::buffer_overflow)
            return respond(with_status(431, "the headers are larger than " + std::to_string(limits().header_bytes) + " bytes"),
                           true);
        const bool is_malformed = error.category() == make_error_code(http::error::bad_method).category();
        if (is_malformed && error != http::error::end_of_stream && error != http::error::partial_message)
            return respond(with_status(400, "not an HTTP/1.1 request: " + error.message()), true);
        close();
    }

    static http_response with_status(int status, std::string message) {
        const status_code code = status == 413 ? status_code::resource_exhausted : status_code::invalid_argument;
        // None of these is better the second time.
        return {.status = status, .body = error_body({code, std::move(message)}, false)};
    }

    void serve() {
        enter(phase::service, limits().request_timeout);
        auto& request = parser_->get();
        keep_alive_ = request.keep_alive();
        http_request asked{.verb = std::string(request.method_string()),
                           .target = std::string(request.target()),
                           .accept = std::string(request[http::field::accept]),
                           .body = std::move(request.body()),
                           .content_type = std::string(request[http::field::content_type])};
        context_->handler.handle(std::move(asked), [self = shared_from_this(), number = ++request_](http_response response) {
            if (self->request_ != number || self->phase_ != phase::service) return;
            self->respond(std::move(response), !self->keep_alive_ || self->context_->draining);
        });
    }

    void respond(http_response from, bool then_close) {
        enter(phase::writing, limits().write_timeout);
        auto response = std::make_shared<http::response<http::string_body>>();
        response->version(11);
        response->result(static_cast<unsigned>(from.status));
        response->set(http::field::content_type, from.content_type);
        if (!from.allow.empty()) response->set(http::field::allow, from.allow);
        // The header knows whole seconds only; the body says it in full.
        if (from.retry_after.count() > 0)
            response->set(http::field::retry_after,
                          std::to_string(std::chrono::ceil<std::chrono::seconds>(from.retry_after).count()));
        response->keep_alive(!then_close);
        response->body() = std::move(from.body);
        response->prepare_payload();
        http::async_write(socket_, *response, [self = shared_from_this(), response, then_close](error_code error, std::size_t) {
            if (error || self->phase_ != phase::writing) return self->close();
            if (then_close) return self->linger();
            if (self->buffer_.capacity() > kept_buffer_bytes) self->buffer_.shrink_to_fit();
            self->await_request();
        });
    }

    // Closing a socket with unread bytes resets it, and the peer may lose the answer that it was just sent. So the
    // rest of what it sends is read away for a moment.
    void linger() {
        error_code error;
        socket_.shutdown(loop_socket::shutdown_send, error);
        if (error) return close();
        parser_.reset();
        buffer_.clear();
        enter(phase::lingering, linger_time);
        discard(0);
    }

    void discard(std::size_t so_far) {
        if (so_far > linger_bytes) return close();
        socket_.async_read_some(buffer_.prepare(kept_buffer_bytes),
                                [self = shared_from_this(), so_far](error_code error, std::size_t bytes) {
                                    if (error || self->phase_ != phase::lingering) return self->close();
                                    self->discard(so_far + bytes);
                                });
    }

    void upgrade() {
        const auto request = parser_->release();
        if (const auto refused = check_worker_upgrade(request, away())) return respond(refusal(*refused), true);
        deadline_.cancel();
        phase_ = phase::over;
        serve_worker_stream(std::move(socket_), request, context_);
    }

    [[nodiscard]] std::optional<service_failure> away() const {
        if (context_->draining)
            return service_failure{status_code::unavailable, "the server is shutting down; connect again in a moment"};
        return context_->why_not_ready ? context_->why_not_ready() : std::nullopt;
    }

    loop_socket socket_;
    lazy_deadline deadline_;
    std::shared_ptr<http_context> context_;
    connections::place place_{};
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::uint64_t request_ = 0;
    phase phase_ = phase::header;
    bool waits_ = false;
    bool keep_alive_ = false;
    bool slow_ = false;
};

}  // namespace

void serve_http(loop_socket socket, std::shared_ptr<http_context> context) {
    std::make_shared<http_connection>(std::move(socket), std::move(context))->await_request();
}

void refuse_connection(loop_socket socket, std::shared_ptr<http_context> context) {
    const std::size_t most = context->limits.connections;
    std::make_shared<http_connection>(std::move(socket), std::move(context))
        ->refuse({status_code::unavailable, "the server has its limit of " + std::to_string(most) +
                                                " connections, all of them busy; try again, or raise limits.connections"});
}

}  // namespace perdure::server
