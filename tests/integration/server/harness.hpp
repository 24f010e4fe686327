#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "server/runtime/server_runtime.hpp"
#include "tests/unit/server/fake_node.hpp"

namespace perdure::server {

/// One fake node, at once and for good.
class fake_source final : public node_source {
  public:
    explicit fake_source(fake_node*& made) : made_(made) {}
    [[nodiscard]] std::optional<tenure_timing> shared() const override { return std::nullopt; }
    [[nodiscard]] result<done> open(logger&, metrics&) override { return done{}; }
    [[nodiscard]] result<history::lease_answer> acquire() override { return history::lease_answer{history::shard_lease{}}; }
    [[nodiscard]] result<done> renew(std::int64_t) override { return done{}; }
    [[nodiscard]] result<done> release(std::int64_t) override { return done{}; }
    [[nodiscard]] result<std::unique_ptr<node>> make(const node_ground&, const history::shard_lease&) override {
        auto made = std::make_unique<fake_node>();
        made_ = made.get();
        return std::unique_ptr<node>(std::move(made));
    }

  private:
    fake_node*& made_;
};

/// A server with a fake node on a thread of its own, on a port that the system chose.
class running_server {
  public:
    explicit running_server(const options& from = quiet());
    ~running_server();

    [[nodiscard]] static options quiet();
    [[nodiscard]] std::uint16_t port() const { return runtime_->port(); }
    [[nodiscard]] server_runtime& runtime() { return *runtime_; }
    /// Runs `work` on the server's thread and waits for it.
    void on_node(const std::function<void(fake_node&)>& work);
    template <class Value>
    Value look(const std::function<Value(fake_node&)>& at) {
        Value value{};
        on_node([&](fake_node& node) { value = at(node); });
        return value;
    }
    /// Waits until the node is as `when` says; false after a few seconds.
    [[nodiscard]] bool eventually(const std::function<bool(fake_node&)>& when);
    /// Stops the server and waits for its end.
    void stop();

  private:
    fake_node* node_ = nullptr;
    std::unique_ptr<server_runtime> runtime_;
    std::thread thread_;
};

struct answer {
    int status = 0;
    std::string head;
    std::string body;
};

/// A TCP connection that says exactly what it is told.
class raw_client {
  public:
    explicit raw_client(std::uint16_t port);

    void send(const std::string& text);
    /// Reads one HTTP answer; status 0 when the connection ended.
    [[nodiscard]] answer receive();
    [[nodiscard]] answer ask(const std::string& verb, const std::string& target, const std::string& body = {});
    /// Whether the server closes the connection, everything before it thrown away.
    [[nodiscard]] bool closed();
    [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }

  private:
    boost::asio::io_context io_;
    boost::asio::ip::tcp::socket socket_{io_};
    std::string buffer_;
};

/// A worker connection without rules.
class raw_worker {
  public:
    explicit raw_worker(std::uint16_t port, const std::string& subprotocol = "perdure.worker.v1");

    void send(const pb::worker::WorkerMessage& message);
    void send_bytes(const std::string& bytes, bool text = false);
    /// The messages of the next frame; none once the connection was closed.
    [[nodiscard]] pb::worker::FromServer receive();
    /// Reads until the server closes; what it said as the reason.
    boost::beast::websocket::close_reason await_close();
    [[nodiscard]] boost::beast::websocket::stream<boost::asio::ip::tcp::socket>& stream() { return stream_; }

  private:
    boost::asio::io_context io_;
    boost::beast::websocket::stream<boost::asio::ip::tcp::socket> stream_{io_};
    boost::beast::flat_buffer buffer_;
};

[[nodiscard]] pb::worker::WorkerMessage ping(std::uint64_t request_id);
/// Makes the fake node send `count` messages of 1 MiB.
[[nodiscard]] pb::worker::WorkerMessage flood(std::uint32_t count);

}  // namespace perdure::server
