#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "api/time.hpp"

namespace boost::asio {
class io_context;
}

namespace perdure::server {

/// Wakes the loop at a moment of the wall clock, to the microsecond, and also when somebody sets that clock: a moment that a
/// jump has made due is not slept over.
class wall_alarm {
  public:
    wall_alarm(boost::asio::io_context& io, std::function<void()> rings);
    ~wall_alarm();
    wall_alarm(const wall_alarm&) = delete;
    wall_alarm& operator=(const wall_alarm&) = delete;

    /// Rings once at `when`, or as soon as possible if that is past. An alarm that is set for an earlier moment stays: to ring
    /// too early is harmless, and saves a system call for each timer that comes and goes.
    void set(std::optional<wall_time> when);

  private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

}  // namespace perdure::server
