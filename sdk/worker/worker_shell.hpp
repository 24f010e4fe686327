#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "perdure/worker.hpp"
#include "sdk/client/connection.hpp"

namespace perdure::detail {

/// A worker at work: the core with a connection, a clock and threads around it.
///
/// The core, the stream and the timers belong to one thread at a time, which runs single short tasks itself; workflow threads
/// and activity threads post what they have to say to it.
class worker_shell {
  public:
    /// Begins to work at once. Throws std::runtime_error when the metrics port cannot be bound.
    worker_shell(const worker_options& options, const registrations& registered, std::shared_ptr<connection> via);
    /// Stops at once: what is under way is left to time out on the server.
    ~worker_shell();
    worker_shell(const worker_shell&) = delete;
    worker_shell& operator=(const worker_shell&) = delete;

    /// Begins a drain. Any thread.
    void drain();
    /// Ends the drain, or the work, at once. Any thread.
    void cut_short();
    /// Waits for the end of the drain; returns why the server refused the worker, or nothing.
    [[nodiscard]] std::string wait();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace perdure::detail
