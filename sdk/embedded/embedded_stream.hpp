#pragma once

#include <memory>

#include "sdk/client/connection.hpp"
#include "sdk/embedded/host.hpp"

namespace perdure::detail {

/// A worker's stream to a server in this process: frames cross by queues, and no byte of them is encoded.
[[nodiscard]] std::unique_ptr<worker_stream> open_embedded_stream(boost::asio::io_context& io, std::shared_ptr<host> at,
                                                                  stream_events events);

}  // namespace perdure::detail
