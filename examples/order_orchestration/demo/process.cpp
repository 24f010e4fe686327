#include "demo/process.hpp"

#include <fcntl.h>
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

Process::Process(std::vector<std::string> command, const std::map<std::string, std::string>& extra, const std::string& log_path) {
    // Everything is prepared before the fork: after it, only async-signal-safe calls are allowed.
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
    for (const auto& [name, value] : extra) environment.push_back(name + "=" + value);
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<char*> variables;
    for (std::string& entry : environment) variables.push_back(entry.data());
    variables.push_back(nullptr);

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
    if (ended_) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, &status_, 0);
    ended_ = true;
}

int Process::stop(int patience_ms) {
    using namespace std::chrono_literals;
    if (!ended_) ::kill(id_, SIGTERM);
    for (int waited = 0; running() && waited < patience_ms; waited += 10) std::this_thread::sleep_for(10ms);
    if (running()) kill();
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

}  // namespace shop::demo
