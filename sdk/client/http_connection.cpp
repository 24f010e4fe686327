#include "sdk/client/http_connection.hpp"

#include <utility>

#include "sdk/client/websocket_stream.hpp"

namespace perdure::detail {

http_connection::http_connection(http_address address, std::string space, std::string identity,
                                 std::chrono::milliseconds patience)
    : connection(std::move(space), std::move(identity)), address_(address), frontend_(std::move(address), patience) {}

std::unique_ptr<worker_stream> http_connection::open_stream(boost::asio::io_context& io, stream_events events) {
    return open_websocket(io, address_, std::move(events));
}

}  // namespace perdure::detail
