#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace perdure::server {

/// How late a thread of sockets gets to what has arrived. A timer is told of by the same queue of the kernel as a request
/// that has come in, and waits as long in it; unlike a request it knows since when.
///
/// It runs while it is asked to and stops by itself, so that an idle server is not woken.
class lateness {
  public:
    /// `report` is called on the io_context's thread, some times in each interval in which `measure` was called.
    lateness(boost::asio::io_context& io, std::function<void(std::chrono::nanoseconds)> report);
    ~lateness();
    lateness(const lateness&) = delete;
    lateness& operator=(const lateness&) = delete;

    /// Something is going on.
    void measure();

  private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

}  // namespace perdure::server
