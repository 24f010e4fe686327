#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "api/result.hpp"
#include "server/config/options.hpp"
#include "server/node/node.hpp"
#include "server/runtime/node_source.hpp"

namespace perdure::server {

/// How a runtime is set up, besides its options.
struct runtime_setup {
    /// Where the node comes from; `make_store_source` for the real one.
    std::unique_ptr<node_source> from;
    /// SIGTERM and SIGINT drain; a second one ends the process at once.
    bool handle_signals = false;
    /// Listen on the port of the options; without, only this process can reach the node.
    bool listen = true;
};

/// A whole server: the node, its store, its commits, its clock and its sockets, on one thread of its owner.
class server_runtime {
  public:
    /// Opens the store and binds the port; nothing runs before `run`. Errors name what is in the way and the remedy. A store that
    /// others may use is opened while it runs: until this server has the lease, every request is refused as `unavailable`.
    [[nodiscard]] static result<std::unique_ptr<server_runtime>> start(const options& from, runtime_setup setup);
    /// The same with a node on the store that the options name, and a socket.
    [[nodiscard]] static result<std::unique_ptr<server_runtime>> start(const options& from);
    /// Everything under way is answered `unavailable`. On the thread that ran it, or after it ended.
    ~server_runtime();
    server_runtime(const server_runtime&) = delete;
    server_runtime& operator=(const server_runtime&) = delete;

    /// The port that was bound; 0 when it does not listen.
    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Serves until it was stopped and is drained, or until it is certain that it never can.
    void run();

    /// Why it never could serve; nothing after an orderly end.
    [[nodiscard]] const std::optional<service_failure>& failure() const noexcept;

    /// Begins to drain: no new connections and requests, commits are finished, workers told to come back; then `run` returns.
    /// Any thread, any number of times.
    void stop();

    /// Runs `work` with the node on the runtime's thread, its clock moved to now; what it asks for is never refused for being
    /// too much. Any thread. Not called any more once the runtime has ended.
    void post(std::function<void(node&)> work);
    /// Calls `then` on the runtime's thread after a while. Any thread. Not called any more once the runtime has ended.
    void after(std::chrono::milliseconds delay, std::function<void()> then);
    /// Whether the caller is on the runtime's thread.
    [[nodiscard]] bool on_its_thread() const noexcept;

    [[nodiscard]] logger& log() noexcept;

  private:
    struct implementation;
    explicit server_runtime(std::unique_ptr<implementation> made);
    std::unique_ptr<implementation> implementation_;
};

}  // namespace perdure::server
