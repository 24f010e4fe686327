#include "server/stream/stream_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <string>
#include <utility>

#include "server/stream/frame.hpp"
#include "server/stream/lazy_deadline.hpp"
#include "server/stream/outbox.hpp"

namespace perdure::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using error_code = boost::system::error_code;
using websocket::close_code;

constexpr std::chrono::milliseconds close_time{2'000};
constexpr std::chrono::milliseconds reconnect_after{500};
// Room is made for what arrives, not for what a frame's header promises.
constexpr std::size_t read_step_bytes = 64UL * 1024;
constexpr std::size_t kept_buffer_bytes = 64UL * 1024;
// A frame this large is worth its way, and work that goes on for this long is no reason to wait for its end.
constexpr std::size_t gathered_bytes = 64UL * 1024;
constexpr int max_gathering_rounds = 32;
// A close frame holds 125 bytes, two of them the code.
constexpr std::size_t close_reason_bytes = 123;

class stream_connection final : public connection_handle, public std::enable_shared_from_this<stream_connection> {
  public:
    stream_connection(loop_socket socket, std::shared_ptr<connection_context> context)
        : socket_(std::move(socket)), write_deadline_(socket_.get_executor()), context_(std::move(context)) {
        place_ = context_->open.add(this);
        ++context_->workers;
    }
    ~stream_connection() override {
        --context_->workers;
        context_->open.remove_busy(place_);
    }

    void accept(const upgrade_request& request) {
        socket_.set_option(websocket::stream_base::timeout{.handshake_timeout = context_->limits.header_timeout,
                                                           .idle_timeout = context_->limits.worker_idle_timeout,
                                                           .keep_alive_pings = true});
        socket_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
            response.set(beast::http::field::sec_websocket_protocol, worker_subprotocol);
        }));
        // Sizes are checked here, so that the peer is told in words.
        socket_.read_message_max(0);
        socket_.auto_fragment(false);
        socket_.binary(true);
        socket_.async_accept(request, [self = shared_from_this()](error_code error) {
            if (error) return self->end(error.message());
            self->open();
        });
    }

    void drain() override {
        if (!session_) return;
        pb::worker::ServerMessage message;
        message.mutable_shutdown()->set_reconnect_after_ms(static_cast<std::uint32_t>(reconnect_after.count()));
        outbox_.put(message);
        schedule_flush();
    }
    void close() override { give_up(close_code::going_away, "the server is shutting down"); }
    void node_gone(const std::string& reason) override { give_up(close_code::going_away, reason); }
    [[nodiscard]] bool answering() const override { return false; }
    [[nodiscard]] std::size_t unsent_bytes() const override { return outbox_.bytes() + writing_.size(); }

  private:
    void open() {
        if (context_->draining) return end("the server is shutting down");
        session_ = context_->enter().open_session({.send = [this](pb::worker::ServerMessage&& message) { send(message); },
                                                   .close = [this](std::string reason) { session_closed(std::move(reason)); }});
        read();
    }

    void read() {
        if (closing_ || reading_) return;
        // A worker that does not read its answers is not read from either, until it does.
        if (unsent_bytes() > context_->limits.unsent_bytes / 4) return;
        reading_ = true;
        socket_.async_read_some(buffer_, read_step_bytes, [self = shared_from_this()](error_code error, std::size_t) {
            self->reading_ = false;
            if (error) return self->end(error == websocket::error::closed ? "the worker closed it" : error.message());
            self->took_bytes();
        });
    }

    void took_bytes() {
        if (closing_) return;
        if (!socket_.got_binary())
            return give_up(close_code::unknown_data, "a text frame came; the worker stream has binary frames only");
        if (buffer_.size() > context_->limits.frame_bytes)
            return give_up(close_code::too_big, "a frame is larger than " + std::to_string(context_->limits.frame_bytes) +
                                                    " bytes; send smaller batches");
        if (!socket_.is_message_done()) return read();
        context_->measured.count("worker_frames_received");
        auto frame = decode_frame({static_cast<const std::byte*>(buffer_.data().data()), buffer_.size()});
        buffer_.clear();
        if (buffer_.capacity() > kept_buffer_bytes) buffer_.shrink_to_fit();
        if (!frame) return give_up(close_code::protocol_error, frame.error().message);
        context_->enter();
        session_->receive(**frame);
        read();
    }

    void send(const pb::worker::ServerMessage& message) {
        if (closing_) return;
        outbox_.put(message);
        if (unsent_bytes() > context_->limits.unsent_bytes) return abandon("it does not read: too much waits for it");
        schedule_flush();
    }

    // What is sent while the loop goes round travels in one frame: it leaves when a whole round brought nothing more for it.
    void schedule_flush() {
        if (flush_scheduled_ || !writing_.empty()) return;
        flush_scheduled_ = true;
        gather(0);
    }

    void gather(int rounds) {
        asio::post(socket_.get_executor(), [self = shared_from_this(), rounds, before = outbox_.bytes()] {
            const bool grew = self->outbox_.bytes() > before;
            if (grew && rounds < max_gathering_rounds && self->outbox_.bytes() < gathered_bytes && !self->closing_)
                return self->gather(rounds + 1);
            self->flush_scheduled_ = false;
            self->flush();
        });
    }

    void flush() {
        if (ended_ || !writing_.empty()) return;
        if (outbox_.empty()) {
            if (closing_) say_goodbye();
            return;
        }
        writing_ = outbox_.take();
        tell_unsent();
        context_->measured.count("worker_frames_sent");
        write_deadline_.start(context_->limits.write_timeout, shared_from_this(), &stream_connection::write_expired);
        socket_.async_write(asio::buffer(writing_), [self = shared_from_this()](error_code error, std::size_t) {
            self->writing_ = {};
            if (error) return self->end(error.message());
            self->write_deadline_.pause();
            self->tell_unsent();
            self->flush();
            self->read();
        });
    }

    void tell_unsent() {
        if (session_) session_->set_unsent_bytes(unsent_bytes());
    }

    void write_expired() { abandon("it does not read: a frame could not be written in time"); }

    // The node gave the session up, perhaps in the middle of a call into it: it is let go a turn later.
    void session_closed(std::string reason) {
        asio::post(socket_.get_executor(), [self = shared_from_this(), reason = std::move(reason)]() mutable {
            self->begin_close(close_code::policy_error, std::move(reason));
        });
    }

    // Says why, in the protocol and in the close frame, then closes.
    void give_up(close_code code, std::string reason) {
        if (closing_ || ended_) return;
        if (session_ && code != close_code::going_away) {
            pb::worker::ServerMessage message;
            message.mutable_error()->set_code(static_cast<std::uint32_t>(status_code::invalid_argument));
            message.mutable_error()->set_message(reason);
            outbox_.put(message);
        }
        begin_close(code, std::move(reason));
    }

    void begin_close(close_code code, std::string reason) {
        if (closing_ || ended_) return;
        closing_ = true;
        reason_ = std::move(reason);
        code_ = code;
        session_.reset();
        schedule_flush();
    }

    void say_goodbye() {
        if (goodbye_said_) return;
        goodbye_said_ = true;
        write_deadline_.start(close_time, shared_from_this(), &stream_connection::goodbye_expired);
        const websocket::close_reason why(code_, reason_.substr(0, close_reason_bytes));
        socket_.async_close(why, [self = shared_from_this()](error_code) { self->end(self->reason_); });
    }

    void goodbye_expired() { end(reason_); }

    // The peer takes nothing, so there is nothing to say to it.
    void abandon(std::string reason) {
        closing_ = true;
        asio::post(socket_.get_executor(), [self = shared_from_this(), reason = std::move(reason)] { self->end(reason); });
    }

    void end(const std::string& reason) {
        if (ended_) return;
        ended_ = true;
        closing_ = true;
        session_.reset();
        write_deadline_.cancel();
        error_code ignored;
        beast::get_lowest_layer(socket_).close(ignored);
        context_->measured.count("worker_stream_closed");
        context_->log.info("worker stream closed", {{"reason", reason}});
    }

    websocket::stream<loop_socket, false> socket_;
    lazy_deadline write_deadline_;
    std::shared_ptr<connection_context> context_;
    connections::place place_{};
    beast::flat_buffer buffer_;
    outbox outbox_;
    std::string writing_;
    std::unique_ptr<worker_session> session_;
    std::string reason_;
    close_code code_ = close_code::normal;
    bool reading_ = false;
    bool flush_scheduled_ = false;
    bool closing_ = false;
    bool goodbye_said_ = false;
    bool ended_ = false;
};

}  // namespace

void serve_worker_stream(loop_socket socket, const upgrade_request& request, std::shared_ptr<connection_context> context) {
    std::make_shared<stream_connection>(std::move(socket), std::move(context))->accept(request);
}

}  // namespace perdure::server
