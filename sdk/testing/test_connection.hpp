#pragma once

#include <functional>
#include <utility>

#include "sdk/client/connection.hpp"
#include "server/node/node.hpp"

namespace perdure::test {

/// A client's way to the service of a test. Waiting drives the test, and skips time when nothing else is left.
class test_connection final : public detail::connection {
  public:
    struct driver {
        std::function<void(detail::latch&)> wait;
        std::function<void(std::chrono::milliseconds, std::function<void()>)> after;
        std::function<std::string()> make_id;
    };

    test_connection(server::node& node, driver how) : connection("default", "test-client"), node_(node), how_(std::move(how)) {}

    [[nodiscard]] frontend& service() override { return node_; }
    [[nodiscard]] std::unique_ptr<detail::worker_stream> open_stream(boost::asio::io_context& io,
                                                                     detail::stream_events events) override;
    void after(std::chrono::milliseconds delay, std::function<void()> then) override { how_.after(delay, std::move(then)); }
    void wait(detail::latch& until) override { how_.wait(until); }
    [[nodiscard]] std::string make_request_id() override { return how_.make_id(); }
    [[nodiscard]] std::string describe() const override { return "the test's service"; }

  private:
    server::node& node_;
    driver how_;
};

}  // namespace perdure::test
