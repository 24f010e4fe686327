#include "server/runtime/run.hpp"

#include "api/proto_log.hpp"
#include "server/runtime/server_runtime.hpp"

namespace perdure::server {

result<std::unique_ptr<server_runtime>> server_runtime::start(const options& from) {
    return start(from, {.from = make_store_source(from)});
}

int run(const options& from, const std::function<void(std::uint16_t port)>& ready) {
    // Frames that do not parse are answered; the library's own lines about them help nobody.
    silence_protobuf_log();
    const auto refuse = [&](const service_failure& why) {
        logger(from.level, from.format).error("the server cannot start", {{"reason", why.message}});
        return 1;
    };
    auto started = server_runtime::start(from, {.from = make_store_source(from), .handle_signals = true});
    if (!started) return refuse(started.error());
    server_runtime& server = **started;
    const bool lasts = from.store.of != store_address::kind::memory;
    server.log().info("listening", {{"address", from.address},
                                    {"port", server.port()},
                                    {"store", from.store.name()},
                                    {"database", lasts ? from.store.text() : "none: nothing survives a restart"}});
    if (ready) ready(server.port());
    server.run();
    if (server.failure()) return refuse(*server.failure());
    server.log().info("stopped");
    return 0;
}

}  // namespace perdure::server
