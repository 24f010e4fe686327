#include "tests/support/postgres/unprivileged.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

namespace perdure::support {
namespace {

struct process_state {
    pid_t parent = 0;
    char state = 'Z';
};

// The line is `pid (name) state parent ...`, and the name may hold anything.
std::optional<process_state> state_of(pid_t process) {
    std::ifstream in("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    if (!std::getline(in, line)) return std::nullopt;
    const auto end = line.rfind(')');
    if (end == std::string::npos || end + 4 >= line.size()) return std::nullopt;
    process_state found;
    found.state = line[end + 2];
    std::from_chars(line.data() + end + 4, line.data() + line.size(), found.parent);
    return found;
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const unprivileged_user& user, char* const* arguments, const char* folder, int log, int death_signal,
                         pid_t parent) {
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    if (::getuid() == 0 && (::setgroups(1, &user.group) != 0 || ::setgid(user.group) != 0 || ::setuid(user.user) != 0))
        ::_exit(126);
    // A change of the user clears it, so it comes after.
    ::prctl(PR_SET_PDEATHSIG, death_signal);
    if (::getppid() != parent || ::chdir(folder) != 0) ::_exit(126);
    ::setpgid(0, 0);
    ::execv(arguments[0], arguments);
    ::_exit(127);
}

}  // namespace

unprivileged_user find_unprivileged_user() {
    if (::getuid() != 0) {
        const passwd* self = ::getpwuid(::getuid());
        return {::getuid(), ::getgid(), self != nullptr ? self->pw_name : "somebody"};
    }
    for (const char* name : {"postgres", "nobody"})
        if (const passwd* found = ::getpwnam(name)) return {found->pw_uid, found->pw_gid, name};
    throw std::runtime_error("PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody'");
}

pid_t start_unprivileged(const unprivileged_user& user, const std::vector<std::string>& command, const std::string& folder,
                         const std::string& log, int death_signal) {
    std::vector<std::string> copies = command;
    std::vector<char*> arguments;
    for (std::string& argument : copies) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (out < 0) throw std::runtime_error("cannot write to " + log);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) become(user, arguments.data(), folder.c_str(), out, death_signal, parent);
    ::close(out);
    if (child < 0) throw std::runtime_error("cannot start " + command.front());
    return child;
}

std::vector<pid_t> descendants_of(pid_t parent) {
    std::multimap<pid_t, pid_t> children;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        pid_t process = 0;
        const auto read = std::from_chars(name.data(), name.data() + name.size(), process);
        if (read.ec != std::errc() || read.ptr != name.data() + name.size()) continue;
        if (const auto state = state_of(process)) children.emplace(state->parent, process);
    }
    std::vector<pid_t> found;
    std::vector<pid_t> next{parent};
    while (!next.empty()) {
        const auto [from, to] = children.equal_range(next.back());
        next.pop_back();
        for (auto at = from; at != to; ++at) {
            found.push_back(at->second);
            next.push_back(at->second);
        }
    }
    return found;
}

bool is_alive(pid_t process) {
    const auto state = state_of(process);
    return state && state->state != 'Z' && state->state != 'X';
}

}  // namespace perdure::support
