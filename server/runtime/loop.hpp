#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "api/result.hpp"
#include "server/runtime/node_maker.hpp"
#include "server/stream/connection_context.hpp"

namespace boost::asio {
class io_context;
}

namespace perdure::server {

/// The node's thread of control: it moves the node's clock, wakes it when something is due, and brings home what its
/// commits have to say. Everything that touches the node runs on the thread that runs the io_context.
class loop {
  public:
    loop(boost::asio::io_context& io, logger& log, metrics& measured);
    ~loop();
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    [[nodiscard]] result<done> start(const node_maker& make);

    /// The node, its clock moved to now. What is due next is looked up when the current handlers are done.
    [[nodiscard]] node& enter();

    /// No commit is under way.
    [[nodiscard]] bool idle() const noexcept;

    /// Finishes the commits under way and lets the node go. On the loop's thread, or after it ended.
    void stop();

    /// Called after each turn in which the node was entered.
    void after_turn(std::function<void()> then);

  private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

}  // namespace perdure::server
