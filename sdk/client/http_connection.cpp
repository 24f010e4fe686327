#include "sdk/client/http_connection.hpp"

#include <utility>

#include "sdk/client/websocket_stream.hpp"

namespace perdure::detail {

http_connection::http_connection(std::shared_ptr<server_list> servers, std::string space, std::string identity,
                                 std::chrono::milliseconds patience)
    : connection(std::move(space), std::move(identity)), servers_(servers), frontend_(std::move(servers), patience) {}

std::unique_ptr<worker_stream> http_connection::open_stream(boost::asio::io_context& io, stream_events events) {
    const std::size_t server = servers_->current();
    streams_at_ = server;
    // However it ended, the next one is looked for elsewhere: a server that drains or lost its lease hangs up too.
    events.closed = [servers = servers_, server, closed = std::move(events.closed)](std::string reason) {
        servers->move_on(server);
        if (closed) closed(std::move(reason));
    };
    return open_websocket(io, servers_->at(server), std::move(events));
}

}  // namespace perdure::detail
