#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include "sdk/guards/sanitized.hpp"
#include "sdk/guards/stand_in.hpp"

// Files and sockets, where they are opened.

namespace perdure::guards {
void link_files() noexcept;
void link_files() noexcept {}
}  // namespace perdure::guards

#if !PERDURE_SANITIZED

// The third argument is there only if a file may be created; to read it otherwise would be to read what nobody passed.
#define PERDURE_OPEN_STAND_IN(name, parameters, arguments)                                                                \
    extern "C" int name(PERDURE_LIST parameters, int flags, ...) {                                                        \
        static constinit perdure::guards::next_function<int(PERDURE_LIST parameters, int, ...)> next{#name};              \
        if (perdure::detail::guarded_run != nullptr) [[unlikely]]                                                         \
            perdure::guards::trap(#name, perdure::guards::ban::file, __builtin_return_address(0));                        \
        if ((flags & O_CREAT) == 0 && (flags & O_TMPFILE) != O_TMPFILE) return next.get()(PERDURE_LIST arguments, flags); \
        va_list rest;                                                                                                     \
        va_start(rest, flags);                                                                                            \
        const mode_t mode = va_arg(rest, mode_t);                                                                         \
        va_end(rest);                                                                                                     \
        return next.get()(PERDURE_LIST arguments, flags, mode);                                                           \
    }
#define PERDURE_LIST(...) __VA_ARGS__

PERDURE_OPEN_STAND_IN(open, (const char* path), (path))
PERDURE_OPEN_STAND_IN(open64, (const char* path), (path))
PERDURE_OPEN_STAND_IN(openat, (int folder, const char* path), (folder, path))
PERDURE_OPEN_STAND_IN(openat64, (int folder, const char* path), (folder, path))
PERDURE_STAND_IN(file, int, creat, (const char* path, mode_t mode), (path, mode))
PERDURE_STAND_IN(file, FILE*, fopen, (const char* path, const char* mode), (path, mode))
PERDURE_STAND_IN(file, FILE*, fopen64, (const char* path, const char* mode), (path, mode))
PERDURE_STAND_IN(file, DIR*, opendir, (const char* path), (path))

PERDURE_STAND_IN(network, int, socket, (int domain, int type, int protocol), (domain, type, protocol), noexcept)
PERDURE_STAND_IN(network, int, connect, (int made, const sockaddr* to, socklen_t length), (made, to, length))
PERDURE_STAND_IN(network, int, getaddrinfo, (const char* host, const char* port, const addrinfo* wish, addrinfo** found),
                 (host, port, wish, found))

#endif
