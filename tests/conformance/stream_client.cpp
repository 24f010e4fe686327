#include "tests/conformance/stream_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <stdexcept>
#include <thread>

#include "server/stream/worker_stream_path.hpp"

namespace perdure::conformance {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

}  // namespace

struct stream_client::implementation {
    explicit implementation(message_handler handler) : on_message(std::move(handler)) {}

    void connect(std::uint16_t port) {
        socket.next_layer().connect({asio::ip::address_v4::loopback(), port});
        socket.next_layer().set_option(asio::ip::tcp::no_delay(true));
        socket.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
            request.set(beast::http::field::sec_websocket_protocol,
                        beast::string_view(server::worker_subprotocol.data(), server::worker_subprotocol.size()));
        }));
        socket.binary(true);
        socket.handshake("127.0.0.1", std::string(server::worker_stream_path));
    }

    void greet(const std::string& space, const std::string& identity) {
        pb::worker::FromWorker frame;
        auto& hello = *frame.add_messages()->mutable_hello();
        hello.set_protocol_version(1);
        hello.set_namespace_(space);
        hello.set_identity(identity);
        socket.write(asio::buffer(frame.SerializeAsString()));
        beast::flat_buffer received;
        socket.read(received);
        pb::worker::FromServer answer;
        if (!answer.ParseFromArray(received.data().data(), static_cast<int>(received.size())) || answer.messages_size() == 0 ||
            !answer.messages(0).has_welcome()) {
            throw std::runtime_error("the server did not welcome the worker: " + answer.ShortDebugString());
        }
    }

    void read_next() {
        socket.async_read(buffer, [this](beast::error_code error, std::size_t) {
            if (error) return;
            pb::worker::FromServer frame;
            if (frame.ParseFromArray(buffer.data().data(), static_cast<int>(buffer.size()))) {
                for (auto& message : *frame.mutable_messages()) on_message(std::move(message));
            }
            buffer.consume(buffer.size());
            read_next();
        });
    }

    void write_next() {
        socket.async_write(asio::buffer(unsent.front()), [this](beast::error_code error, std::size_t) {
            if (error) return;
            unsent.pop_front();
            if (!unsent.empty()) write_next();
        });
    }

    message_handler on_message;
    asio::io_context context{1};
    websocket::stream<asio::ip::tcp::socket> socket{context};
    beast::flat_buffer buffer;
    std::deque<std::string> unsent;
    std::thread thread;
};

stream_client::stream_client(std::uint16_t port, const std::string& space, const std::string& identity,
                             message_handler on_message)
    : implementation_(std::make_unique<implementation>(std::move(on_message))) {
    implementation_->connect(port);
    implementation_->greet(space, identity);
    implementation_->read_next();
    implementation_->thread = std::thread([this] { implementation_->context.run(); });
}

stream_client::~stream_client() {
    asio::post(implementation_->context, [this] {
        beast::error_code ignored;
        implementation_->socket.next_layer().close(ignored);
    });
    implementation_->thread.join();
}

void stream_client::send(pb::worker::FromWorker frame) {
    asio::post(implementation_->context, [this, bytes = frame.SerializeAsString()]() mutable {
        implementation_->unsent.push_back(std::move(bytes));
        if (implementation_->unsent.size() == 1) implementation_->write_next();
    });
}

}  // namespace perdure::conformance
