#pragma once

#include <atomic>
#include <chrono>
#include <optional>

namespace perdure::history::postgres {

using deadline = std::optional<std::chrono::steady_clock::time_point>;

/// Wakes whoever waits for the database, for good. Any thread may raise it.
class interruption {
  public:
    interruption();
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;
    ~interruption();

    void raise() noexcept;
    [[nodiscard]] bool raised() const noexcept { return raised_.load(); }

    enum class outcome { ready, timed_out, interrupted };
    /// Waits until the socket can be read, or written too with `write`. A negative socket: only for the time.
    [[nodiscard]] outcome wait(int socket, bool read, bool write, deadline until) const;
    /// Whether the socket has something to read, or its end, without waiting.
    [[nodiscard]] static bool is_readable(int socket) noexcept;

  private:
    int event_ = -1;
    std::atomic<bool> raised_{false};
};

}  // namespace perdure::history::postgres
