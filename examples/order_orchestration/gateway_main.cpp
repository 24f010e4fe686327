// The payment provider of the order example, as a process of its own.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "world/gateway.hpp"

int main(int argc, char** argv) {
    std::uint16_t port = 7300;
    std::string ledger = "payments.db";
    CLI::App app{"A payment gateway with scripted faults, for the order example"};
    app.add_option("--port", port, "Port on 127.0.0.1; 0 takes a free one")->capture_default_str();
    app.add_option("--ledger", ledger, "SQLite file that keeps the charges")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    try {
        const shop::Gateway gateway(port, ledger);
        std::printf("payment gateway on http://127.0.0.1:%u\n", gateway.port());
        std::fflush(stdout);
        int received = 0;
        sigwait(&signals, &received);
        return EXIT_SUCCESS;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "order_gateway: port %u or ledger %s cannot be used: %s\n", port, ledger.c_str(), e.what());
        return EXIT_FAILURE;
    }
}
