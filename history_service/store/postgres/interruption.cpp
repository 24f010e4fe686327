#include "history_service/store/postgres/interruption.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace perdure::history::postgres {

interruption::interruption() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

interruption::~interruption() { ::close(event_); }

void interruption::raise() noexcept {
    raised_.store(true);
    ::eventfd_write(event_, 1);
}

interruption::outcome interruption::wait(int socket, bool read, bool write, deadline until) const {
    pollfd polled[2] = {{event_, POLLIN, 0}, {socket, 0, 0}};
    if (read) polled[1].events = static_cast<short>(polled[1].events | POLLIN);
    if (write) polled[1].events = static_cast<short>(polled[1].events | POLLOUT);
    for (;;) {
        if (raised()) return outcome::interrupted;
        int milliseconds = -1;
        if (until) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - std::chrono::steady_clock::now()).count();
            if (left <= 0) return outcome::timed_out;
            milliseconds = static_cast<int>(std::min<std::int64_t>(left, INT_MAX));
        }
        const int found = ::poll(polled, socket < 0 ? 1 : 2, milliseconds);
        if (found > 0 && polled[0].revents == 0) return outcome::ready;
        if (found < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    }
}

bool interruption::is_readable(int socket) noexcept {
    pollfd polled{socket, POLLIN, 0};
    return ::poll(&polled, 1, 0) > 0;
}

}  // namespace perdure::history::postgres
