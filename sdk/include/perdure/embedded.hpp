#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <perdure/client.hpp>
#include <perdure/payload_codec.hpp>

namespace perdure {

/// How a server inside this process is set up.
struct embedded_options {
    /// The SQLite file; empty keeps everything in memory, and nothing survives the process.
    std::string database{};
    /// Also serve HTTP and worker streams at this port of 127.0.0.1, so that other processes can join; 0 means no socket.
    std::uint16_t http_port = 0;
    /// The namespace.
    std::string space = "default";
    /// Who asks, as histories show it; empty means "process@host".
    std::string identity{};
    /// The server's own log on stderr: "trace", "debug", "info", "warn", "error" or "off".
    std::string log_level = "warn";
    /// Encryption and the like, for clients of `client()` and workers that are made with them; not for the server, nor for who
    /// comes by the port.
    data_conversion conversion{};
};

/// A Perdure server inside this process: the one that `perdure server` runs, on a thread of its own, on the same files.
///
/// Clients and workers made with `client()` reach it without a socket. They may outlive it: their calls are then refused as
/// unavailable. Thread safe.
class embedded_server {
  public:
    /// Opens the store and begins to serve. Throws service_error when it cannot: the file is in use or lost, the port is taken.
    /// Throws std::invalid_argument for a codec that is null.
    explicit embedded_server(embedded_options options = {});
    /// Stops as `stop` does.
    ~embedded_server();
    embedded_server(const embedded_server&) = delete;
    embedded_server& operator=(const embedded_server&) = delete;

    /// A client of this server, for calls and for workers.
    [[nodiscard]] perdure::client client() const;

    /// The port that is served; 0 without a socket.
    [[nodiscard]] std::uint16_t http_port() const noexcept;

    /// Finishes commits under way, answers what waits as unavailable and returns when the server is gone. Not from inside a
    /// client's callback.
    void stop();

  private:
    std::shared_ptr<detail::connection> connection_;
    /// The same, with payloads converted.
    std::shared_ptr<detail::connection> clients_;
};

}  // namespace perdure
