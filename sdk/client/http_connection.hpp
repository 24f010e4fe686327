#pragma once

#include "sdk/client/connection.hpp"
#include "sdk/client/http_frontend.hpp"

namespace perdure::detail {

/// A server elsewhere: operations by HTTP, the worker stream by WebSocket, both at one port.
class http_connection final : public connection {
  public:
    http_connection(http_address address, std::string space, std::string identity, std::chrono::milliseconds patience);

    [[nodiscard]] frontend& service() override { return frontend_; }
    [[nodiscard]] std::unique_ptr<worker_stream> open_stream(boost::asio::io_context& io, stream_events events) override;
    void after(std::chrono::milliseconds delay, std::function<void()> then) override { frontend_.after(delay, std::move(then)); }
    [[nodiscard]] std::string describe() const override { return "http://" + address_.text(); }

  private:
    http_address address_;
    http_frontend frontend_;
};

}  // namespace perdure::detail
