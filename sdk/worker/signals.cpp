#include "sdk/worker/signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <thread>
#include <utility>

namespace perdure::detail {

struct signal_watch::impl {
    impl(std::function<void()> on_first, std::function<void()> on_again)
        : first(std::move(on_first)), again(std::move(on_again)) {
        listen();
        thread = std::thread([this] { io.run(); });
    }

    void listen() {
        signals.async_wait([this](const boost::system::error_code& cancelled, int) {
            if (cancelled) return;
            (std::exchange(seen, true) ? again : first)();
            listen();
        });
    }

    std::function<void()> first;
    std::function<void()> again;
    boost::asio::io_context io{1};
    boost::asio::signal_set signals{io, SIGTERM, SIGINT};
    bool seen = false;
    std::thread thread;
};

signal_watch::signal_watch(std::function<void()> first, std::function<void()> again)
    : impl_(std::make_unique<impl>(std::move(first), std::move(again))) {}

signal_watch::~signal_watch() {
    impl_->io.stop();
    impl_->thread.join();
}

}  // namespace perdure::detail
