#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace perdure::detail {

/// Threads for activities that block; made when they are needed, up to a bound.
class activity_pool {
  public:
    explicit activity_pool(std::size_t max_threads);
    /// Drops what has not begun and leaves threads alone whose activity does not come back within a second.
    ~activity_pool();
    activity_pool(const activity_pool&) = delete;
    activity_pool& operator=(const activity_pool&) = delete;

    void submit(std::function<void()> work);

  private:
    struct shared_state;
    static void run(const std::shared_ptr<shared_state>& state);
    std::shared_ptr<shared_state> state_;
    std::size_t max_threads_;
};

}  // namespace perdure::detail
