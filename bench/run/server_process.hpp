#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/machine/usage.hpp"
#include "examples/order_orchestration/demo/process.hpp"

namespace perdure::bench {

struct server_place {
    std::string programs;  ///< where `perdure` is
    std::string folder;    ///< where its log goes
    std::string database;  ///< empty: in memory
};

/// A `perdure server` of its own process on a free port; killed when the object goes away.
class server_process {
  public:
    /// Returns when the server says that it is ready. Throws std::runtime_error when it does not within 10 s.
    explicit server_process(const server_place& place);

    [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] pid_t id() const { return process_->id(); }
    /// From the start of the process to its first good answer.
    [[nodiscard]] double ready_ms() const { return ready_ms_; }
    [[nodiscard]] usage used() const { return usage_of(id()); }
    void kill() { process_->kill(); }

    /// The body of a GET. Throws std::runtime_error when there is no answer.
    [[nodiscard]] std::string get(const std::string& path) const;

  private:
    std::uint16_t port_;
    std::unique_ptr<shop::demo::Process> process_;
    double ready_ms_ = 0;
};

}  // namespace perdure::bench
