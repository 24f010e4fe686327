#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "server/stream/loop_socket.hpp"

namespace perdure::server {

/// A deadline that moves often and is rarely met. Moving it later costs nothing: the timer finds out when it fires.
class lazy_deadline {
  public:
    using clock = std::chrono::steady_clock;

    explicit lazy_deadline(const loop_executor& executor) : timer_(executor) {}

    /// `expired` is called once the deadline is met, `keep` keeps the owner alive until then.
    template <class Owner>
    void start(clock::duration after, const std::shared_ptr<Owner>& keep, void (Owner::*expired)()) {
        due_ = clock::now() + after;
        active_ = true;
        if (armed_ && timer_.expiry() <= due_) return;
        arm(keep, expired);
    }

    /// Stops until the next start; the timer may stay armed.
    void pause() noexcept { active_ = false; }

    /// Stops, and lets go of the owner.
    void cancel() {
        active_ = false;
        timer_.cancel();
    }

  private:
    template <class Owner>
    void arm(const std::shared_ptr<Owner>& keep, void (Owner::*expired)()) {
        armed_ = true;
        // Setting the expiry cancels the wait that is out; its handler sees the newer generation and does nothing.
        timer_.expires_at(due_);
        timer_.async_wait([this, keep, expired, generation = ++generation_](const boost::system::error_code& error) {
            if (error || generation != generation_) return;
            armed_ = false;
            if (!active_) return;
            if (clock::now() < due_) return arm(keep, expired);
            active_ = false;
            ((*keep).*expired)();
        });
    }

    loop_timer timer_;
    clock::time_point due_{};
    std::uint64_t generation_ = 0;
    bool active_ = false;
    bool armed_ = false;
};

}  // namespace perdure::server
