#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "api/frontend.hpp"
#include "api/proto.hpp"
#include "api/worker_message.hpp"

namespace boost::asio {
class io_context;
}

namespace perdure::detail {

class payload_conversion;

/// What a worker hears of its stream. Called on the thread of the io_context that the stream was opened with, `closed` last
/// and once; none after the stream is destroyed.
struct stream_events {
    std::function<void()> opened;
    std::function<void(std::shared_ptr<pb::worker::FromServer> frame)> received;
    std::function<void(std::string reason)> closed;
};

/// A worker's connection. Used and destroyed on the thread of its io_context; destroying it hangs up.
class worker_stream {
  public:
    worker_stream() = default;
    worker_stream(const worker_stream&) = delete;
    worker_stream& operator=(const worker_stream&) = delete;
    virtual ~worker_stream() = default;
    /// Sends after `opened`; what is sent to a stream that was lost goes nowhere.
    virtual void send(const std::vector<worker_message>& messages) = 0;
};

/// The moment that a blocking call waits for.
class latch {
  public:
    void open() {
        {
            const std::lock_guard lock(mutex_);
            open_ = true;
        }
        opened_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        opened_.wait(lock, [this] { return open_; });
    }
    [[nodiscard]] bool is_open() const {
        const std::lock_guard lock(mutex_);
        return open_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable opened_;
    bool open_ = false;
};

/// How a process reaches its server: over HTTP, inside the same process, or inside a test. Thread safe, unless the kind of
/// connection says that it belongs to one thread.
class connection {
  public:
    connection(std::string space, std::string identity) : space_(std::move(space)), identity_(std::move(identity)) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    virtual ~connection() = default;

    [[nodiscard]] const std::string& space() const noexcept { return space_; }
    [[nodiscard]] const std::string& identity() const noexcept { return identity_; }

    /// The operations. Replies may come on any thread, also inside the call.
    [[nodiscard]] virtual frontend& service() = 0;

    /// Opens a worker's stream.
    [[nodiscard]] virtual std::unique_ptr<worker_stream> open_stream(boost::asio::io_context& io, stream_events events) = 0;

    /// What is done to the payloads of a stream's frames by the worker that opened it; null for nothing. The operations of
    /// `service` do it themselves.
    [[nodiscard]] virtual std::shared_ptr<const payload_conversion> conversion() const { return nullptr; }

    /// How many servers there are to turn to when one is gone.
    [[nodiscard]] virtual std::size_t servers() const noexcept { return 1; }

    /// The server in use says nothing any more: what is opened from now on goes to the next one.
    virtual void leave_server() {}

    /// Calls `then` once after a while.
    virtual void after(std::chrono::milliseconds delay, std::function<void()> then) = 0;

    /// Blocks until the latch is open.
    virtual void wait(latch& until) { until.wait(); }

    /// A fresh request id.
    [[nodiscard]] virtual std::string make_request_id();

    /// "http://host:port" or what stands for it in logs.
    [[nodiscard]] virtual std::string describe() const = 0;

  private:
    std::string space_;
    std::string identity_;
};

/// "process@host".
[[nodiscard]] std::string default_identity();

}  // namespace perdure::detail
