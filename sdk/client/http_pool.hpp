#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "api/result.hpp"
#include "sdk/client/server_list.hpp"

namespace perdure::detail {

struct http_request {
    std::string method = "GET";
    std::string target;
    std::string body{};
    /// Of the body, and of the answer that is wanted; the answer to a failure is JSON in any case.
    std::string media_type = "application/json+no-payload-shorthand";
    std::chrono::milliseconds timeout{10'000};
    /// The server may see it twice without harm, so it is repeated when a connection breaks.
    bool repeatable = true;
    /// How long to go on trying when the server cannot be reached or says that it cannot do it now.
    std::chrono::milliseconds retry_for{10'000};
};

struct http_reply {
    int status = 0;
    std::string body;
};

/// Sends HTTP requests over a pool of kept-alive connections, on a thread of its own, to one server, or to whichever of several
/// serves just now.
///
/// Thread safe. A connection serves one request at a time; requests beyond the bound on connections wait for one to get
/// free. Unreachable servers, broken connections and the status 503 are tried again with a growing, jittered pause, each time at
/// the next server; where there is a next one, a request that was not answered in time is tried there too. The status
/// 429 is tried again where the server says after how long, not before.
class http_pool {
  public:
    using handler = std::function<void(result<http_reply>)>;

    explicit http_pool(http_address only, std::size_t max_connections = 512);
    explicit http_pool(std::shared_ptr<server_list> servers, std::size_t max_connections = 512);
    /// Ends the thread. Requests that are under way are answered `unavailable`, on the destroying thread.
    ~http_pool();
    http_pool(const http_pool&) = delete;
    http_pool& operator=(const http_pool&) = delete;

    /// `done` is called once, on the pool's thread.
    void send(http_request request, handler done);

    /// Calls `then` on the pool's thread after a while, unless the pool is gone by then.
    void after(std::chrono::milliseconds delay, std::function<void()> then);

  private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

}  // namespace perdure::detail
