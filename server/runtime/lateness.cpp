#include "server/runtime/lateness.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace perdure::server {
namespace {

constexpr std::chrono::milliseconds period{20};

}  // namespace

struct lateness::implementation : std::enable_shared_from_this<implementation> {
    implementation(boost::asio::io_context& io, std::function<void(std::chrono::nanoseconds)> to)
        : timer(io), report(std::move(to)) {}

    void start() {
        running = true;
        wanted = false;
        timer.expires_after(period);
        timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (!error) self->fired();
        });
    }

    void fired() {
        running = false;
        if (!report) return;
        const auto late = std::chrono::steady_clock::now() - timer.expiry();
        report(std::max<std::chrono::nanoseconds>(late, std::chrono::nanoseconds(0)));
        if (wanted) start();
    }

    boost::asio::steady_timer timer;
    std::function<void(std::chrono::nanoseconds)> report;
    bool running = false;
    bool wanted = false;
};

lateness::lateness(boost::asio::io_context& io, std::function<void(std::chrono::nanoseconds)> report)
    : implementation_(std::make_shared<implementation>(io, std::move(report))) {}

lateness::~lateness() {
    implementation_->report = nullptr;
    implementation_->timer.cancel();
}

void lateness::measure() {
    implementation_->wanted = true;
    if (!implementation_->running) implementation_->start();
}

}  // namespace perdure::server
