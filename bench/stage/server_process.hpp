#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/machine/usage.hpp"
#include "examples/order_orchestration/demo/process.hpp"

namespace perdure::bench {

struct server_place {
    std::string programs;    ///< where `perdure` is
    std::string folder;      ///< where its log goes, and its database if that is a file
    std::string store;       ///< "sqlite", "memory" or a connection string of PostgreSQL
    std::uint16_t port = 0;  ///< 0: a free one
};

/// A `perdure server` of its own process; killed when the object goes away.
class server_process {
  public:
    /// How long a process of the stage may take to end.
    static constexpr int patience_ms = 30'000;

    /// Returns when the server says that it is ready. Throws std::runtime_error, with the end of its log, when it ends or does
    /// not say so within a minute.
    explicit server_process(const server_place& place);

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] pid_t id() const { return process_->id(); }
    /// From the start of the process to its first good answer.
    [[nodiscard]] double ready_ms() const { return ready_ms_; }
    /// Since the start of the process.
    [[nodiscard]] double age_ms() const;
    [[nodiscard]] usage used() const { return usage_of(id()); }
    void kill() { process_->kill(); }
    /// As an operator does; waits for the end.
    void stop() { process_->stop(patience_ms); }

    /// The body of a GET. Throws std::runtime_error when there is no answer.
    [[nodiscard]] std::string get(const std::string& path) const;

  private:
    std::uint16_t port_;
    std::chrono::steady_clock::time_point began_;
    std::unique_ptr<shop::demo::Process> process_;
    double ready_ms_ = 0;
};

/// Where the file of an SQLite store is.
[[nodiscard]] std::string database_file(const std::string& folder);

}  // namespace perdure::bench
