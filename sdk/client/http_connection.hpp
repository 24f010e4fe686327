#pragma once

#include <atomic>

#include "sdk/client/connection.hpp"
#include "sdk/client/http_frontend.hpp"

namespace perdure::detail {

/// Servers elsewhere: operations by HTTP, the worker stream by WebSocket, both at one port.
class http_connection final : public connection {
  public:
    http_connection(std::shared_ptr<server_list> servers, std::string space, std::string identity,
                    std::chrono::milliseconds patience);

    [[nodiscard]] frontend& service() override { return frontend_; }
    [[nodiscard]] std::unique_ptr<worker_stream> open_stream(boost::asio::io_context& io, stream_events events) override;
    void after(std::chrono::milliseconds delay, std::function<void()> then) override { frontend_.after(delay, std::move(then)); }
    [[nodiscard]] std::string describe() const override { return servers_->text(); }
    [[nodiscard]] std::size_t servers() const noexcept override { return servers_->size(); }
    void leave_server() override { servers_->move_on(streams_at_); }

  private:
    std::shared_ptr<server_list> servers_;
    /// The server of the last stream that was opened.
    std::atomic<std::size_t> streams_at_{0};
    http_frontend frontend_;
};

}  // namespace perdure::detail
