#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/result.hpp"
#include "server/config/options.hpp"
#include "server/http/handler.hpp"

namespace boost::asio {
class io_context;
}

namespace perdure::server {

/// Everything that a connection needs from around it.
struct listener_environment {
    node_door enter;
    http_handler& handler;
    metrics& measured;
    logger& log;
    connection_limits limits;
    readiness_check why_not_ready{};
};

/// The one port of the server: HTTP, metrics and worker streams. Runs on the thread of its io_context.
class listener {
  public:
    listener(boost::asio::io_context& io, listener_environment environment);
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Binds and begins to accept. A port in use is refused with the remedy.
    [[nodiscard]] result<done> start(const std::string& address, std::uint16_t port);
    /// The port that was bound.
    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Accepts nothing more, closes idle connections and tells workers to come back after a while.
    void drain();
    /// The node is gone: workers are told so and disconnected. Not from inside a call of the node.
    void node_gone(const std::string& reason);
    /// Nothing is being answered, and no frame waits for a worker to read it.
    [[nodiscard]] bool quiet() const noexcept;
    [[nodiscard]] std::size_t connections() const noexcept;
    /// Closes everything; worker sessions end.
    void close();

  private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

}  // namespace perdure::server
