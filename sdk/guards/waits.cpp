#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sdk/guards/sanitized.hpp"
#include "sdk/guards/stand_in.hpp"

// Waiting for other threads. A lock that is free is nobody's business; one that is held is.

namespace perdure::guards {
void link_waits() noexcept;
void link_waits() noexcept {}
}  // namespace perdure::guards

#if !PERDURE_SANITIZED

#define PERDURE_LOCK_STAND_IN(name, type, attempt)                                                 \
    extern "C" int name(type* lock) noexcept {                                                     \
        static constinit perdure::guards::next_function<int(type*)> next{#name};                   \
        if (perdure::detail::guarded_run != nullptr) [[unlikely]] {                                \
            if (const int taken = ::attempt(lock); taken != EBUSY) return taken;                   \
            perdure::guards::trap(#name, perdure::guards::ban::wait, __builtin_return_address(0)); \
        }                                                                                          \
        return next.get()(lock);                                                                   \
    }

PERDURE_LOCK_STAND_IN(pthread_mutex_lock, pthread_mutex_t, pthread_mutex_trylock)
PERDURE_LOCK_STAND_IN(pthread_rwlock_rdlock, pthread_rwlock_t, pthread_rwlock_tryrdlock)
PERDURE_LOCK_STAND_IN(pthread_rwlock_wrlock, pthread_rwlock_t, pthread_rwlock_trywrlock)

PERDURE_STAND_IN(wait, int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* lock), (condition, lock))
PERDURE_STAND_IN(wait, int, pthread_cond_timedwait, (pthread_cond_t * condition, pthread_mutex_t* lock, const timespec* until),
                 (condition, lock, until))
PERDURE_STAND_IN(wait, int, pthread_cond_clockwait,
                 (pthread_cond_t * condition, pthread_mutex_t* lock, clockid_t clock, const timespec* until),
                 (condition, lock, clock, until))
PERDURE_STAND_IN(wait, int, pthread_join, (pthread_t thread, void** result), (thread, result))
PERDURE_STAND_IN(wait, int, sem_wait, (sem_t * semaphore), (semaphore))

// Futures and atomics of the C++ library wait by asking the kernel themselves.
extern "C" long syscall(long number, ...) noexcept {
    static constinit perdure::guards::next_function<long(long, long, long, long, long, long, long)> next{"syscall"};
    va_list rest;
    va_start(rest, number);
    long words[6];
    for (long& word : words) word = va_arg(rest, long);
    va_end(rest);
    if (perdure::detail::guarded_run != nullptr) [[unlikely]] {
        const int operation = static_cast<int>(words[1]) & FUTEX_CMD_MASK;
        if (number == SYS_futex && (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET))
            perdure::guards::trap("futex", perdure::guards::ban::wait, __builtin_return_address(0));
        if (number == SYS_getrandom)
            perdure::guards::trap("getrandom", perdure::guards::ban::entropy, __builtin_return_address(0));
    }
    return next.get()(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

#endif
