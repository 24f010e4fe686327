#pragma once

#include <memory>

#include "server/http/handler.hpp"
#include "server/stream/connection_context.hpp"
#include "server/stream/loop_socket.hpp"

namespace perdure::server {

struct http_context : connection_context {
    http_handler& handler;
};

/// Serves HTTP on a socket until the peer leaves, is too slow or becomes a worker stream.
void serve_http(loop_socket socket, std::shared_ptr<http_context> context);

/// Answers 503 to whatever comes and closes.
void refuse_connection(loop_socket socket, std::shared_ptr<http_context> context);

}  // namespace perdure::server
