#include "server/runtime/wall_alarm.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "api/assert.hpp"

namespace perdure::server {

namespace asio = boost::asio;

struct wall_alarm::implementation : std::enable_shared_from_this<implementation> {
    implementation(asio::io_context& io, std::function<void()> callback)
        : timer(io, ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)), rings(std::move(callback)) {}

    void wait() {
        timer.async_wait(asio::posix::stream_descriptor::wait_read,
                         [weak = weak_from_this()](const boost::system::error_code& error) {
                             const auto self = weak.lock();
                             if (error || !self) return;
                             self->drain();
                             self->armed.reset();
                             self->rings();
                             self->wait();
                         });
    }

    // Fails with ECANCELED when the clock was set, which is as good a reason to look at the time as any.
    void drain() {
        std::uint64_t expirations = 0;
        [[maybe_unused]] const auto got = ::read(timer.native_handle(), &expirations, sizeof expirations);
    }

    void arm(wall_time when) {
        // The zero time would disarm the timer instead of ringing at once.
        const auto since = std::max(when.time_since_epoch(), std::chrono::nanoseconds(1));
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
        ::itimerspec spec{};
        spec.it_value.tv_sec = static_cast<decltype(spec.it_value.tv_sec)>(seconds.count());
        spec.it_value.tv_nsec = static_cast<decltype(spec.it_value.tv_nsec)>((since - seconds).count());
        const int failed = ::timerfd_settime(timer.native_handle(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, nullptr);
        PERDURE_ASSERT(failed == 0, "the kernel takes a time that is in range");
        armed = when;
    }

    asio::posix::stream_descriptor timer;
    std::function<void()> rings;
    std::optional<wall_time> armed{};
};

wall_alarm::wall_alarm(asio::io_context& io, std::function<void()> rings)
    : implementation_(std::make_shared<implementation>(io, std::move(rings))) {
    implementation_->wait();
}

wall_alarm::~wall_alarm() {
    boost::system::error_code ignored;
    implementation_->timer.close(ignored);
}

void wall_alarm::set(std::optional<wall_time> when) {
    if (!when || (implementation_->armed && *implementation_->armed <= *when)) return;
    implementation_->arm(*when);
}

}  // namespace perdure::server
