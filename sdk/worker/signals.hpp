#pragma once

#include <functional>
#include <memory>

namespace perdure::detail {

/// While it lives, SIGTERM and SIGINT call `first`, and `again` from the second time on, on a thread of its own.
class signal_watch {
  public:
    signal_watch(std::function<void()> first, std::function<void()> again);
    ~signal_watch();
    signal_watch(const signal_watch&) = delete;
    signal_watch& operator=(const signal_watch&) = delete;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace perdure::detail
