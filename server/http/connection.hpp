#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "server/http/handler.hpp"
#include "server/stream/connection_context.hpp"

namespace perdure::server {

struct http_context : connection_context {
    http_handler& handler;
};

/// Serves HTTP on a socket until the peer leaves, is too slow or becomes a worker stream.
void serve_http(boost::asio::ip::tcp::socket socket, std::shared_ptr<http_context> context);

/// Answers 503 to whatever comes and closes.
void refuse_connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<http_context> context);

}  // namespace perdure::server
