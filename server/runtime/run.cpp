#include "server/runtime/run.hpp"

#include "api/proto_log.hpp"
#include "server/runtime/server_runtime.hpp"

namespace perdure::server {

result<std::unique_ptr<server_runtime>> server_runtime::start(const options& from) {
    return start(from, {.make = make_node_on_store(from)});
}

int run(const options& from, const std::function<void(std::uint16_t port)>& ready) {
    // Frames that do not parse are answered; the library's own lines about them help nobody.
    silence_protobuf_log();
    auto started = server_runtime::start(from, {.make = make_node_on_store(from), .handle_signals = true});
    if (!started) {
        logger(from.level, from.format).error("the server cannot start", {{"reason", started.error().message}});
        return 1;
    }
    server_runtime& server = **started;
    server.log().info("serving", {{"address", from.address},
                                  {"port", server.port()},
                                  {"store", from.database ? "sqlite" : "memory"},
                                  {"database", from.database.value_or("none: nothing survives a restart")}});
    if (ready) ready(server.port());
    server.run();
    server.log().info("stopped");
    return 0;
}

}  // namespace perdure::server
