#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "api/result.hpp"
#include "server/runtime/server_runtime.hpp"

namespace perdure::detail {

/// A server on a thread of its own, reached by posting to that thread. It can be gone at any time. Whoever started it stops it.
class host {
  public:
    [[nodiscard]] static result<std::shared_ptr<host>> start(const server::options& options, bool listen);
    ~host();
    host(const host&) = delete;
    host& operator=(const host&) = delete;

    /// Runs `work` with the node, on the server's thread; false when there is no server any more. Work that was taken and
    /// cannot be done any more is destroyed.
    bool post(std::function<void(server::node&)> work);
    /// As `post`, after a while.
    bool after(std::chrono::milliseconds delay, std::function<void()> then);

    /// Calls `gone` after the server has ended, on the thread that ended it; at once when it has.
    void when_gone(std::function<void()> gone);

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    void stop();

  private:
    host() = default;

    std::mutex mutex_;
    std::unique_ptr<server::server_runtime> runtime_;
    std::vector<std::function<void()>> farewells_;
    bool gone_ = false;
    std::thread thread_;
    std::uint16_t port_ = 0;
};

}  // namespace perdure::detail
