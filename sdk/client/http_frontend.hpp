#pragma once

#include <memory>
#include <string>

#include "api/frontend.hpp"
#include "sdk/client/http_pool.hpp"

namespace perdure::detail {

/// The frontend of servers elsewhere, by HTTP and protobuf's binary form.
///
/// Thread safe. Replies come on the connection pool's thread. A request that the server may see twice without harm is
/// repeated while the server cannot be reached, for as long as `patience` says; starts, signals and cancels are among them
/// because they carry request ids.
class http_frontend final : public frontend {
  public:
    explicit http_frontend(http_address only, std::chrono::milliseconds patience = std::chrono::seconds(10));
    explicit http_frontend(std::shared_ptr<server_list> servers, std::chrono::milliseconds patience = std::chrono::seconds(10));
    ~http_frontend() override;

    /// Calls `then` on the replies' thread after a while.
    void after(std::chrono::milliseconds delay, std::function<void()> then) { pool_.after(delay, std::move(then)); }

#define PERDURE_HTTP_OPERATION(function, Name) \
    void function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) override;
    PERDURE_FRONTEND_OPERATIONS(PERDURE_HTTP_OPERATION)
#undef PERDURE_HTTP_OPERATION

  private:
    template <class Response, class Request>
    void post(const char* operation, const Request& request, reply<Response> done);

    std::chrono::milliseconds quick_limit_;
    std::chrono::milliseconds long_poll_limit_;
    http_pool pool_;
    std::chrono::milliseconds patience_;
};

}  // namespace perdure::detail
