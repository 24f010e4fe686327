#include "sdk/worker/debugger_session.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <vector>

#include "sdk/replay/debugger_watcher.hpp"

namespace perdure::detail {
namespace {

// A step of workflow code takes far less; one that takes longer does not end.
constexpr int patience_ms = 10'000;

[[noreturn]] void rehearse_in_child(int out, const std::function<int(replay_watcher&)>& replay) {
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    debugger_watcher watcher([out](const perdure_debug_moment& moment) {
        // Less than PIPE_BUF: whole or not at all.
        if (::write(out, &moment, sizeof moment) != static_cast<ssize_t>(sizeof moment)) ::_exit(1);
    });
    try {
        static_cast<void>(replay(watcher));
    } catch (...) {
        ::_exit(1);
    }
    ::_exit(0);
}

// In a process of its own, because code that is debugged may crash or hang on to state, and because breakpoints stay here.
std::vector<perdure_debug_moment> rehearse(const std::function<int(replay_watcher&)>& replay) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe for the rehearsal");
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork for the rehearsal");
    if (child == 0) rehearse_in_child(pipe[1], replay);
    ::close(pipe[1]);
    std::vector<perdure_debug_moment> moments;
    for (perdure_debug_moment moment{};;) {
        pollfd waited{.fd = pipe[0], .events = POLLIN, .revents = 0};
        const int ready = ::poll(&waited, 1, patience_ms);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) {
            ::kill(child, SIGKILL);  // the moments so far are as good as those of code that crashes there
            break;
        }
        const ssize_t got = ::read(pipe[0], &moment, sizeof moment);
        if (got < 0 && errno == EINTR) continue;
        if (got != static_cast<ssize_t>(sizeof moment)) break;
        moments.push_back(moment);
    }
    ::close(pipe[0]);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return moments;
}

}  // namespace

int replay_for_debugger(const pb::history::History& history, const std::function<int(replay_watcher&)>& replay) {
    const debugger_events events(history);
    const std::vector<perdure_debug_moment> moments = rehearse(replay);
    std::vector<std::uint8_t> stops(moments.size() + 1);
    perdure_debug_replay = {.version = perdure_debug_replay_version,
                            .events = events.rows().data(),
                            .event_count = static_cast<std::int64_t>(events.rows().size()),
                            .moments = moments.data(),
                            .moment_count = static_cast<std::int64_t>(moments.size()),
                            .stops = stops.data(),
                            .reached = -1};
    perdure_debug_ready();
    std::int64_t next = 0;
    debugger_watcher watcher([&next](const perdure_debug_moment&) { reach_moment(next++); });
    const int result = replay(watcher);
    perdure_debug_replay = {.version = perdure_debug_replay_version};
    return result;
}

}  // namespace perdure::detail
