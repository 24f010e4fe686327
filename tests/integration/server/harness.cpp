#include "tests/integration/server/harness.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <future>

namespace perdure::server {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;

running_server::running_server(const options& from) {
    auto started = server_runtime::start(from, {.from = std::make_unique<fake_source>(node_)});
    if (!started) throw std::runtime_error(started.error().message);
    runtime_ = *std::move(started);
    thread_ = std::thread([this] { runtime_->run(); });
}

running_server::~running_server() { stop(); }

options running_server::quiet() {
    options from;
    from.http_port = 0;
    from.level = log_level::off;
    return from;
}

void running_server::on_node(const std::function<void(fake_node&)>& work) {
    std::promise<void> finished;
    runtime_->post([&](node&) {
        work(*node_);
        finished.set_value();
    });
    finished.get_future().wait();
}

bool running_server::eventually(const std::function<bool(fake_node&)>& when) {
    for (int i = 0; i < 2'000; ++i) {
        if (look<bool>(when)) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

void running_server::stop() {
    if (!thread_.joinable()) return;
    runtime_->stop();
    thread_.join();
}

raw_client::raw_client(std::uint16_t port) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
    socket_.set_option(tcp::no_delay(true));
}

void raw_client::send(const std::string& text) {
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(text), ignored);
}

answer raw_client::receive() {
    boost::system::error_code error;
    const auto more = [&] {
        char chunk[4096];
        const std::size_t bytes = socket_.read_some(asio::buffer(chunk), error);
        buffer_.append(chunk, bytes);
        return !error;
    };
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!more()) return {};
    answer got;
    got.head = buffer_.substr(0, end + 4);
    std::from_chars(got.head.data() + 9, got.head.data() + 12, got.status);
    std::size_t length = 0;
    const std::size_t field = got.head.find("Content-Length: ");
    if (field != std::string::npos) std::from_chars(got.head.data() + field + 16, got.head.data() + got.head.size(), length);
    while (buffer_.size() < end + 4 + length)
        if (!more()) return {};
    got.body = buffer_.substr(end + 4, length);
    buffer_.erase(0, end + 4 + length);
    return got;
}

answer raw_client::ask(const std::string& verb, const std::string& target, const std::string& body) {
    send(verb + " " + target + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return receive();
}

bool raw_client::closed() {
    boost::system::error_code error;
    char chunk[4096];
    while (!error) socket_.read_some(asio::buffer(chunk), error);
    return true;
}

raw_worker::raw_worker(std::uint16_t port, const std::string& subprotocol) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.next_layer().set_option(tcp::no_delay(true));
    stream_.set_option(websocket::stream_base::decorator([subprotocol](websocket::request_type& request) {
        if (!subprotocol.empty()) request.set(boost::beast::http::field::sec_websocket_protocol, subprotocol);
    }));
    stream_.binary(true);
    stream_.read_message_max(0);
    stream_.handshake("127.0.0.1", "/api/v1/worker-stream");
}

void raw_worker::send(const pb::worker::WorkerMessage& message) {
    pb::worker::FromWorker frame;
    *frame.add_messages() = message;
    send_bytes(frame.SerializeAsString());
}

void raw_worker::send_bytes(const std::string& bytes, bool text) {
    boost::system::error_code ignored;
    stream_.text(text);
    stream_.write(asio::buffer(bytes), ignored);
}

pb::worker::FromServer raw_worker::receive() {
    boost::system::error_code error;
    pb::worker::FromServer frame;
    buffer_.clear();
    stream_.read(buffer_, error);
    if (!error) frame.ParseFromArray(buffer_.data().data(), static_cast<int>(buffer_.size()));
    return frame;
}

websocket::close_reason raw_worker::await_close() {
    boost::system::error_code error;
    while (!error) {
        buffer_.clear();
        stream_.read(buffer_, error);
    }
    return stream_.reason();
}

pb::worker::WorkerMessage ping(std::uint64_t request_id) {
    pb::worker::WorkerMessage message;
    message.set_request_id(request_id);
    message.mutable_ping();
    return message;
}

pb::worker::WorkerMessage flood(std::uint32_t count) {
    pb::worker::WorkerMessage message;
    message.mutable_credit()->set_count(count);
    return message;
}

}  // namespace perdure::server
