#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace perdure::detail {

/// The way to the worker's own thread for threads that may outlive the worker: activities that ignore every request to stop.
/// What comes while that thread is busy waits in one place, and one wake-up brings it all.
///
/// Thread safe, but for `run`, which is the worker's thread's.
class gate {
  public:
    /// `wake` makes the worker's thread call `run` until it answers false; called by any thread, under the gate's lock.
    explicit gate(std::function<void()> wake) : wake_(std::move(wake)) {}

    enum class urgency : std::uint8_t { now, with_the_next };
    /// Nothing happens once the gate is closed. `with_the_next`: more follows at once from the same thread, which says `now`
    /// then.
    void post(std::function<void()> work, urgency how = urgency::now) {
        const std::lock_guard lock(mutex_);
        if (!wake_) return;
        waiting_.push_back(std::move(work));
        if (how == urgency::with_the_next || woken_) return;
        woken_ = true;
        wake_();
    }

    /// Runs what waits. False when there was nothing; the next `post` wakes then.
    bool run() {
        std::vector<std::function<void()>> work;
        {
            const std::lock_guard lock(mutex_);
            work.swap(waiting_);
            if (work.empty()) woken_ = false;
        }
        for (const auto& one : work) one();
        return !work.empty();
    }

    void close() {
        const std::lock_guard lock(mutex_);
        wake_ = nullptr;
        waiting_.clear();
    }

  private:
    std::mutex mutex_;
    std::function<void()> wake_;
    std::vector<std::function<void()>> waiting_;
    bool woken_ = false;
};

}  // namespace perdure::detail
