#include "sdk/client/websocket_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <utility>

#include "api/on_arena.hpp"
#include "sdk/client/http_failure.hpp"
#include "sdk/client/loop_socket.hpp"

namespace perdure::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;

constexpr const char* stream_path = "/api/v1/worker-stream";
constexpr const char* subprotocol = "perdure.worker.v1";
constexpr std::chrono::seconds handshake_limit{5};
// The server's frames hold histories, so this is far above what it accepts itself.
constexpr std::size_t largest_frame = 256U << 20U;
// Frames that wait are joined up to this size, and none beyond it: a server refuses frames that are too large for it, and only
// the sender of each knows that it is not.
constexpr std::size_t joined_frame_bytes = 64U << 10U;
// A client masks what it sends, in pieces of this size, and each of them is a call of the system.
constexpr std::size_t masked_piece_bytes = joined_frame_bytes;

/// The socket and what is on its way. It outlives the stream that the worker holds, until its last operation is over.
class wire : public std::enable_shared_from_this<wire> {
  public:
    wire(asio::io_context& io, stream_events events)
        : resolver_(io), socket_(io), connect_timer_(io), events_(std::move(events)) {}

    void open(const http_address& address) {
        host_ = address.text();
        resolver_.async_resolve(
            address.host, address.port,
            [self = shared_from_this()](const beast::error_code& error, const tcp::resolver::results_type& found) {
                if (error) return self->lose("resolving " + self->host_ + ": " + error.message());
                self->connect(found);
            });
    }

    void send(const std::vector<worker_message>& messages) {
        if (closed_) return;
        std::string frame;
        for (const worker_message& message : messages) append_to_frame(frame, *message);
        if (waiting_.empty() || waiting_.back().size() + frame.size() > joined_frame_bytes)
            waiting_.push_back(std::move(frame));
        else
            waiting_.back() += frame;
        if (!writing_) write();
    }

    /// No event after this.
    void abandon() {
        closed_ = true;
        resolver_.cancel();
        if (!open_) return close();
        // What was given to send still goes out.
        if (!writing_) say_goodbye();
    }

  private:
    void say_goodbye() {
        socket_.async_close(websocket::close_code::normal, [self = shared_from_this()](const beast::error_code&) {});
    }

    void close() {
        beast::error_code ignored;
        socket_.next_layer().close(ignored);
        connect_timer_.cancel();
    }

    void connect(const tcp::resolver::results_type& found) {
        if (closed_) return;
        connect_timer_.expires_after(handshake_limit);
        connect_timer_.async_wait([self = shared_from_this()](const beast::error_code& in_time) {
            if (!in_time) self->lose("connecting to " + self->host_ + ": timed out");
        });
        asio::async_connect(socket_.next_layer(), found,
                            [self = shared_from_this()](const beast::error_code& error, const tcp::endpoint&) {
                                self->connect_timer_.cancel();
                                if (error) return self->lose("connecting to " + self->host_ + ": " + error.message());
                                self->shake_hands();
                            });
    }

    void shake_hands() {
        if (closed_) return;
        beast::error_code ignored;
        socket_.next_layer().set_option(tcp::no_delay(true), ignored);
        // The protocol has its own pings and the core its own limits.
        websocket::stream_base::timeout limits{};
        limits.handshake_timeout = handshake_limit;
        limits.idle_timeout = websocket::stream_base::none();
        limits.keep_alive_pings = false;
        socket_.set_option(limits);
        socket_.set_option(websocket::stream_base::decorator(
            [](websocket::request_type& request) { request.set(beast::http::field::sec_websocket_protocol, subprotocol); }));
        socket_.read_message_max(largest_frame);
        socket_.auto_fragment(false);
        socket_.write_buffer_bytes(masked_piece_bytes);
        socket_.async_handshake(answer_, host_, stream_path, [self = shared_from_this()](const beast::error_code& error) {
            if (error) return self->lose(self->why_refused(error));
            if (self->closed_) return;
            self->socket_.binary(true);
            self->open_ = true;
            self->read();
            if (self->events_.opened) self->events_.opened();
        });
    }

    // A server that stands by or drains says so in the body of its refusal.
    [[nodiscard]] std::string why_refused(const beast::error_code& error) const {
        if (error == websocket::error::upgrade_declined && !answer_.body().empty())
            return host_ + ": " + read_failure(answer_.result_int(), answer_.body()).message;
        return "the handshake with " + host_ + ": " + error.message();
    }

    void read() {
        socket_.async_read(buffer_, [self = shared_from_this()](const beast::error_code& error, std::size_t) {
            if (error) return self->lose(self->why_closed(error));
            if (self->closed_) return;
            const auto bytes = self->buffer_.cdata();
            const auto frame = make_on_arena<pb::worker::FromServer>(bytes.size());
            const bool sound = frame->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
            self->buffer_.consume(self->buffer_.size());
            if (!sound) return self->lose("the server sent a frame that is no FromServer message");
            if (self->events_.received) self->events_.received(frame);
            if (!self->closed_) self->read();
        });
    }

    void write() {
        writing_ = true;
        sending_ = std::move(waiting_.front());
        waiting_.pop_front();
        socket_.async_write(asio::buffer(sending_), [self = shared_from_this()](const beast::error_code& error, std::size_t) {
            self->writing_ = false;
            if (error) return self->lose("writing: " + error.message());
            if (!self->waiting_.empty()) return self->write();
            if (self->closed_) self->say_goodbye();
        });
    }

    [[nodiscard]] std::string why_closed(const beast::error_code& error) const {
        if (error != websocket::error::closed) return "reading: " + error.message();
        const std::string reason(socket_.reason().reason.c_str());
        return reason.empty() ? "the server closed it" : "the server closed it: " + reason;
    }

    void lose(std::string reason) {
        const bool told = std::exchange(closed_, true);
        if (told && !writing_ && open_) return;
        close();
        if (told) return;
        if (events_.closed) events_.closed(std::move(reason));
    }

    tcp::resolver resolver_;
    websocket::stream<loop_socket, false> socket_;
    loop_timer connect_timer_;
    stream_events events_;
    std::string host_;
    websocket::response_type answer_;
    beast::flat_buffer buffer_;
    std::deque<std::string> waiting_;
    std::string sending_;
    bool writing_ = false;
    bool open_ = false;
    bool closed_ = false;
};

class websocket_stream final : public worker_stream {
  public:
    explicit websocket_stream(std::shared_ptr<wire> socket) : socket_(std::move(socket)) {}
    ~websocket_stream() override { socket_->abandon(); }
    void send(const std::vector<worker_message>& messages) override { socket_->send(messages); }

  private:
    std::shared_ptr<wire> socket_;
};

}  // namespace

std::unique_ptr<worker_stream> open_websocket(asio::io_context& io, const http_address& address, stream_events events) {
    auto socket = std::make_shared<wire>(io, std::move(events));
    socket->open(address);
    return std::make_unique<websocket_stream>(std::move(socket));
}

}  // namespace perdure::detail
