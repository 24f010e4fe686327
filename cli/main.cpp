#include <unistd.h>

#include <chrono>
#include <iostream>
#include <memory>

#include "api/proto_log.hpp"
#include "cli/app.hpp"
#include "sdk/client/http_frontend.hpp"

namespace {

/// A person does not wait long for a server that is not there.
constexpr std::chrono::milliseconds patience{2'000};

std::unique_ptr<perdure::frontend> connect(const perdure::cli::settings& flags) {
    auto servers = perdure::detail::server_list::parse(flags.address);
    if (!servers) throw perdure::cli::command_error(perdure::cli::exit_code::usage, "--address: " + servers.error().message);
    return std::make_unique<perdure::detail::http_frontend>(*std::move(servers), patience);
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    perdure::silence_protobuf_log();
    return perdure::cli::run(argc, argv, {std::cout, std::cerr, connect, isatty(STDOUT_FILENO) == 1});
}
