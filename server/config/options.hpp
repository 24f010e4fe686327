#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/config/store_address.hpp"
#include "server/log/log.hpp"

namespace perdure::server {

/// What one peer may cost. Each wait on a peer has a deadline, each buffer a bound.
struct connection_limits {
    /// Bytes of a request's start line and headers.
    std::size_t header_bytes = 16 * 1024;
    /// Bytes of a request's body; Temporal's HTTP API has the same limit.
    std::size_t body_bytes = 4 * 1024 * 1024;
    /// Bytes of one frame from a worker.
    std::size_t frame_bytes = 16 * 1024 * 1024;
    /// Bytes that may wait for a worker that does not read, before its connection is given up.
    std::size_t unsent_bytes = 64 * 1024 * 1024;
    /// Connections of all kinds. At the limit the one that was idle longest makes room.
    std::size_t connections = 20'000;
    /// From a request's first byte to the end of its headers.
    std::chrono::milliseconds header_timeout{10'000};
    /// From the end of the headers to the end of the body.
    std::chrono::milliseconds body_timeout{30'000};
    /// For a peer to take what was written to it.
    std::chrono::milliseconds write_timeout{30'000};
    /// Between two requests on a connection.
    std::chrono::milliseconds idle_timeout{300'000};
    /// For the service to answer; the longest long poll is 60 s.
    std::chrono::milliseconds request_timeout{75'000};
    /// A worker that was silent for half of this is pinged, and given up after all of it.
    std::chrono::milliseconds worker_idle_timeout{30'000};
    /// Starts and signals that may wait for the disk at once, all of them and those for one workflow id, and their bytes.
    std::size_t waiting_requests = 10'000;
    std::size_t waiting_requests_a_workflow = 1'000;
    std::size_t waiting_bytes = 64 * 1024 * 1024;
    /// New work is held back when requests wait longer than this for the server, the disk's own time apart.
    std::chrono::milliseconds target_delay{50};
};

/// Everything a server can be told. Flags of the command line override the file, the file these defaults.
struct options {
    std::string address = "127.0.0.1";
    /// 0 lets the system choose; `server_runtime::port` tells which.
    std::uint16_t http_port = 7243;
    /// Where everything is kept.
    store_address store{};
    /// On a store that several servers share: how long one that says nothing keeps its lease. A standby takes over after it.
    std::chrono::milliseconds lease{3'000};
    /// The namespaces that exist; any other is NotFound.
    std::vector<std::string> namespaces{"default"};
    /// How long a closed run can be looked at; then it is deleted.
    std::chrono::milliseconds retention{std::chrono::hours{72}};
    /// Bytes of executions kept in memory.
    std::size_t cache_bytes = std::size_t{64} * 1024 * 1024;
    log_level level = log_level::info;
    log_format format = log_format::logfmt;
    connection_limits limits;
    /// How long SIGTERM waits for requests and commits under way.
    std::chrono::milliseconds drain_timeout{5'000};
};

}  // namespace perdure::server
