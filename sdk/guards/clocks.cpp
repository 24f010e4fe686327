#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "sdk/guards/sanitized.hpp"
#include "sdk/guards/stand_in.hpp"

// Clocks, and everything that sleeps.

namespace perdure::guards {
void link_clocks() noexcept;
void link_clocks() noexcept {}
}  // namespace perdure::guards

#if !PERDURE_SANITIZED

PERDURE_STAND_IN(clock, int, clock_gettime, (clockid_t clock, timespec* now), (clock, now), noexcept)
PERDURE_STAND_IN(clock, int, gettimeofday, (timeval * now, void* zone), (now, zone), noexcept)
PERDURE_STAND_IN(clock, time_t, time, (time_t* now), (now), noexcept)
PERDURE_STAND_IN(clock, int, timespec_get, (timespec * now, int base), (now, base), noexcept)
PERDURE_STAND_IN(clock, clock_t, clock, (), (), noexcept)

PERDURE_STAND_IN(sleep, int, nanosleep, (const timespec* wish, timespec* rest), (wish, rest))
PERDURE_STAND_IN(sleep, int, clock_nanosleep, (clockid_t clock, int flags, const timespec* wish, timespec* rest),
                 (clock, flags, wish, rest))
PERDURE_STAND_IN(sleep, int, usleep, (useconds_t wish), (wish))
PERDURE_STAND_IN(sleep, unsigned, sleep, (unsigned wish), (wish))

PERDURE_STAND_IN(network, int, poll, (pollfd * all, nfds_t count, int limit), (all, count, limit))
PERDURE_STAND_IN(network, int, select, (int count, fd_set* read, fd_set* write, fd_set* failed, timeval* limit),
                 (count, read, write, failed, limit))
PERDURE_STAND_IN(network, int, epoll_wait, (int set, epoll_event* events, int count, int limit), (set, events, count, limit))

#endif
