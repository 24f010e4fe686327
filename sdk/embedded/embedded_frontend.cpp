#include "sdk/embedded/embedded_frontend.hpp"

#include <utility>

namespace perdure::detail {
namespace {

// Answers `unavailable` when the server ends before it has answered: whatever holds the question is destroyed then.
template <class Response>
class answer_once {
  public:
    explicit answer_once(reply<Response> done) : done_(std::move(done)) {}
    answer_once(const answer_once&) = delete;
    answer_once& operator=(const answer_once&) = delete;
    ~answer_once() { give(service_failure{status_code::unavailable, "the embedded server has stopped; start it again"}); }

    void give(result<Response> answer) {
        if (const auto done = std::exchange(done_, nullptr)) done(std::move(answer));
    }

  private:
    reply<Response> done_;
};

}  // namespace

#define PERDURE_EMBEDDED_OPERATION(function, Name)                                                                  \
    void embedded_frontend::function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) { \
        auto once = std::make_shared<answer_once<pb::service::Name##Response>>(std::move(done));                    \
        host_->post([request = std::move(request), once = std::move(once)](server::node& node) mutable {            \
            node.function(std::move(request),                                                                       \
                          [once](result<pb::service::Name##Response> answer) { once->give(std::move(answer)); });   \
        });                                                                                                         \
    }
PERDURE_FRONTEND_OPERATIONS(PERDURE_EMBEDDED_OPERATION)
#undef PERDURE_EMBEDDED_OPERATION

}  // namespace perdure::detail
