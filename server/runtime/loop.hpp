#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "api/result.hpp"
#include "server/runtime/node_source.hpp"
#include "server/stream/connection_context.hpp"

namespace boost::asio {
class io_context;
}

namespace perdure::server {

/// The node's thread of control: it moves the node's clock, wakes it when something is due, and brings home what its
/// commits have to say. It makes the node when this server gets the lease of the store and lets it go when the lease is lost.
/// Everything that touches the node runs on the thread that runs the io_context.
class loop {
  public:
    loop(boost::asio::io_context& io, logger& log, metrics& measured);
    ~loop();
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    /// On a store that no other server can use the node is there afterwards, or the error says why it cannot be; otherwise it is
    /// there when the lease is.
    /// New work is admitted by `gate`, if there is one; it must outlive the loop.
    [[nodiscard]] result<done> start(std::unique_ptr<node_source> from, admission* gate = nullptr);

    /// The node, its clock moved to now, or one that refuses everything while there is none. What is due next is looked up when
    /// the current handlers are done.
    [[nodiscard]] node& enter();

    /// Why there is no node, if there is none.
    [[nodiscard]] std::optional<service_failure> why_absent() const;
    /// Why there never will be one, once that is certain.
    [[nodiscard]] const std::optional<service_failure>& failure() const noexcept;

    /// No commit is under way.
    [[nodiscard]] bool idle() const noexcept;

    /// Finishes the commits under way, lets the node go and gives the lease back. On the loop's thread, or after it ended.
    void stop();

    /// Called after each turn in which the node was entered.
    void after_turn(std::function<void()> then);
    /// Called when the node was let go because the lease was lost, a turn later; and when there will never be one.
    void when_gone(std::function<void(const service_failure& why)> then);

  private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

}  // namespace perdure::server
