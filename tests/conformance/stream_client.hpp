#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/proto.hpp"

namespace perdure::conformance {

/// A worker's connection to a server, driven by hand: one WebSocket on a thread of its own.
class stream_client {
  public:
    /// Called on the client's thread for each message, Welcome excepted.
    using message_handler = std::function<void(pb::worker::ServerMessage)>;

    /// Connects and shakes hands. Throws std::runtime_error if the server does not answer as the protocol says.
    stream_client(std::uint16_t port, const std::string& space, const std::string& identity, message_handler on_message);
    ~stream_client();
    stream_client(const stream_client&) = delete;
    stream_client& operator=(const stream_client&) = delete;

    /// Any thread.
    void send(pb::worker::FromWorker frame);

  private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace perdure::conformance
