#pragma once

#include <memory>

#include "api/frontend.hpp"
#include "sdk/embedded/host.hpp"

namespace perdure::detail {

/// The operations of a server in this process. Thread safe; replies come on the server's thread, or, when it is gone, inside the
/// call or on the thread that stopped it.
class embedded_frontend final : public frontend {
  public:
    explicit embedded_frontend(std::shared_ptr<host> at) : host_(std::move(at)) {}

#define PERDURE_EMBEDDED_OPERATION(function, Name) \
    void function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) override;
    PERDURE_FRONTEND_OPERATIONS(PERDURE_EMBEDDED_OPERATION)
#undef PERDURE_EMBEDDED_OPERATION

  private:
    std::shared_ptr<host> host_;
};

}  // namespace perdure::detail
