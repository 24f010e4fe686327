#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace shop::demo {

/// A child process whose output goes to a file. Ended with SIGKILL when the object goes away; on Linux also when this
/// process dies, so that a demo that is interrupted leaves nothing behind.
class Process {
  public:
    /// Starts `command` (program first) with `extra` environment variables; throws std::runtime_error when it cannot.
    Process(std::vector<std::string> command, const std::map<std::string, std::string>& extra, const std::string& log_path);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t id() const { return id_; }
    /// False once the process has ended; its exit status is then kept.
    [[nodiscard]] bool running();
    /// It has ended, and neither `kill` nor `stop` was called before.
    [[nodiscard]] bool ended_by_itself() { return !running() && !told_to_end_; }
    /// SIGKILL, and waits for the end.
    void kill();
    /// SIGTERM, then SIGKILL after `patience_ms`; returns the exit code, -1 when it was killed.
    int stop(int patience_ms = 5000);

  private:
    pid_t id_ = -1;
    bool ended_ = false;
    bool told_to_end_ = false;
    int status_ = 0;
};

/// Runs `command` (program first) with this process's input and output, and waits for its end. Returns its exit code, -1 when it
/// was killed; throws std::runtime_error when it cannot be started.
int run_in_the_foreground(std::vector<std::string> command);

}  // namespace shop::demo
