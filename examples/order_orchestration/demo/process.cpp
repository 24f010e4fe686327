#include "demo/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace shop::demo {
namespace {

// What exec takes: valid as long as the words are, with a null at the end.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

Process::Process(std::vector<std::string> command, const std::map<std::string, std::string>& extra, const std::string& log_path) {
    // Everything is prepared before the fork: after it, only async-signal-safe calls are allowed.
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
    for (const auto& [name, value] : extra) environment.push_back(name + "=" + value);
    const std::vector<char*> arguments = pointers_to(command);
    const std::vector<char*> variables = pointers_to(environment);

    const int log = ::open(log_path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0) throw std::runtime_error("cannot write " + log_path + ": " + std::strerror(errno));
    const pid_t parent = ::getpid();
    id_ = ::fork();
    if (id_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(127);
        ::dup2(log, STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::execve(arguments[0], arguments.data(), variables.data());
        ::_exit(127);
    }
    ::close(log);
    if (id_ < 0) throw std::runtime_error("cannot start " + command[0] + ": " + std::strerror(errno));
}

Process::~Process() { kill(); }

bool Process::running() {
    if (!ended_ && ::waitpid(id_, &status_, WNOHANG) == id_) ended_ = true;
    return !ended_;
}

void Process::kill() {
    if (!running()) return;
    told_to_end_ = true;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, &status_, 0);
    ended_ = true;
}

int Process::stop(int patience_ms) {
    using namespace std::chrono_literals;
    if (running()) {
        told_to_end_ = true;
        ::kill(id_, SIGTERM);
    }
    for (int waited = 0; running() && waited < patience_ms; waited += 10) std::this_thread::sleep_for(10ms);
    if (running()) kill();
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

int run_in_the_foreground(std::vector<std::string> command) {
    const std::vector<char*> arguments = pointers_to(command);
    pid_t id = -1;
    const int trouble = ::posix_spawn(&id, arguments[0], nullptr, nullptr, arguments.data(), environ);
    if (trouble != 0) throw std::runtime_error("cannot start " + command[0] + ": " + std::strerror(trouble));
    int status = 0;
    while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace shop::demo
