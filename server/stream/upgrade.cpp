#include <boost/beast/http/field.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/verb.hpp>
#include <string>

#include "server/stream/stream_connection.hpp"

namespace perdure::server {

std::optional<service_failure> check_worker_upgrade(const upgrade_request& request, const std::optional<service_failure>& away) {
    namespace http = boost::beast::http;
    if (away) return away;
    const std::string_view target(request.target().data(), request.target().size());
    if (target.substr(0, target.find('?')) != worker_stream_path)
        return service_failure{status_code::not_found, "there is no WebSocket at " + std::string(target.substr(0, 200)) +
                                                           "; workers connect to " + std::string(worker_stream_path)};
    // Browsers send an Origin with every WebSocket, workers never do. A page that a developer visits is no worker.
    if (request.count(http::field::origin) != 0)
        return service_failure{status_code::permission_denied,
                               "the worker stream is not for browsers; connect without an Origin header"};
    if (!http::token_list{request[http::field::sec_websocket_protocol]}.exists(worker_subprotocol))
        return service_failure{status_code::invalid_argument, "the worker stream speaks the subprotocol " +
                                                                  std::string(worker_subprotocol) +
                                                                  "; send it as Sec-WebSocket-Protocol"};
    return std::nullopt;
}

}  // namespace perdure::server
