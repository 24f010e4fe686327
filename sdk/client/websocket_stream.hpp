#pragma once

#include "sdk/client/connection.hpp"
#include "sdk/client/http_address.hpp"

namespace perdure::detail {

/// Opens the worker stream of a server by WebSocket (docs/protocol.md): one binary frame a message of the protocol.
[[nodiscard]] std::unique_ptr<worker_stream> open_websocket(boost::asio::io_context& io, const http_address& address,
                                                            stream_events events);

}  // namespace perdure::detail
