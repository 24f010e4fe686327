#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "history_service/shard/background.hpp"
#include "server/metrics/metrics.hpp"

namespace perdure::server {

/// A background thread whose work is measured and whose results come home to the loop. Work that is small is done by the loop
/// itself where that is sooner.
class measured_background final : public history::background {
  public:
    /// What may hang has a thread of its own however small it is: a database on the other side of a connection.
    enum class place : std::uint8_t { sooner, apart };
    /// `post` brings what follows to the loop's thread.
    measured_background(std::string operation, metrics& measured, place where, history::thread_background::post_function post);

    void run(std::function<void()> work, std::function<void()> then) override;
    void run_small(std::function<void()> work, std::function<void()> then) override;
    /// Work for the same thread that is neither measured nor waited for by `under_way`.
    void run_aside(std::function<void()> work, std::function<void()> then);

    [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }

    /// Hears how long each piece of work waited for the disk, on the loop's thread, before what follows from the work.
    void tell_waits(std::function<void(std::chrono::nanoseconds)> listener) { waited_ = std::move(listener); }

  private:
    /// How long it took.
    std::chrono::nanoseconds measure(const std::function<void()>& work);
    void finish(const std::function<void()>& then);

    std::string operation_;
    place place_;
    metrics& measured_;
    history::thread_background::post_function post_;
    std::size_t under_way_ = 0;
    std::size_t aside_ = 0;
    std::atomic<std::chrono::nanoseconds> last_took_;
    std::atomic<std::chrono::nanoseconds> last_waited_{std::chrono::nanoseconds(0)};
    std::function<void(std::chrono::nanoseconds)> waited_;
    history::thread_background thread_;
};

}  // namespace perdure::server
