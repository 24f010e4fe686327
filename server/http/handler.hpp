#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "server/stream/connection_context.hpp"

namespace perdure::server {

/// An HTTP request and its answer, as far as the service cares.
struct http_request {
    std::string verb;
    std::string target;
    std::string accept;
    std::string body;
    std::string content_type{};
};

struct http_response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    /// The Allow header of a 405.
    std::string allow{};
    /// When to ask again, of a 429; 0 for no word about it.
    std::chrono::milliseconds retry_after{0};
};

/// Answers HTTP requests from the node: Temporal's HTTP API, /metrics, /healthz and /readyz. Knows no socket.
///
/// One thread drives it, the node's.
class http_handler {
  public:
    /// After how long somebody who was refused as one too many should ask again.
    using retry_delay = std::function<std::chrono::milliseconds()>;
    static constexpr std::chrono::milliseconds usual_retry_delay{200};

    /// What it refers to must outlive the handler. Without a check it is ready until it drains; without a delay it names the
    /// usual one.
    http_handler(node_door enter, metrics& measured, logger& log, readiness_check why_not_ready = {}, retry_delay delay = {});
    ~http_handler();
    http_handler(const http_handler&) = delete;
    http_handler& operator=(const http_handler&) = delete;

    /// `respond` is called exactly once, now or later.
    void handle(http_request request, std::function<void(http_response)> respond);

    /// From now on /readyz and every operation answer 503; long polls under way are answered so at once.
    void drain();

    /// Requests that wait for the node.
    [[nodiscard]] std::size_t pending() const noexcept;

  private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

/// An answer that is Temporal's error JSON. ResourceExhausted says after how long to ask again.
[[nodiscard]] http_response refusal(const service_failure& failure, bool pretty = false,
                                    std::chrono::milliseconds retry_after = http_handler::usual_retry_delay);

}  // namespace perdure::server
