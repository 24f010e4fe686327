#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>

#include "api/result.hpp"
#include "server/stream/connection_context.hpp"
#include "server/stream/loop_socket.hpp"
#include "server/stream/worker_stream_path.hpp"

namespace perdure::server {

using upgrade_request = boost::beast::http::request<boost::beast::http::string_body>;

/// Why an upgrade to a worker stream is refused; nothing when it is welcome. `away`: why the server takes no workers now.
[[nodiscard]] std::optional<service_failure> check_worker_upgrade(const upgrade_request& request,
                                                                  const std::optional<service_failure>& away);

/// Speaks the worker stream on a socket until one side ends it.
void serve_worker_stream(loop_socket socket, const upgrade_request& request, std::shared_ptr<connection_context> context);

}  // namespace perdure::server
