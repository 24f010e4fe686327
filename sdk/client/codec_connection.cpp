#include "sdk/client/codec_connection.hpp"

#include <utility>

#include "sdk/vocabulary/payload_conversion.hpp"

namespace perdure::detail {
namespace {

using conversion_ptr = std::shared_ptr<const payload_conversion>;

/// A frontend whose requests are encoded and whose answers are decoded. Replies may come after its end.
class codec_frontend final : public frontend {
  public:
    codec_frontend(frontend& inner, conversion_ptr how) : inner_(inner), how_(std::move(how)) {}

#define PERDURE_CODEC_OPERATION(function, Name)                                                                                  \
    void function(pb::service::Name##Request request, reply<pb::service::Name##Response> done) override {                        \
        if (auto trouble = how_->encode(request))                                                                                \
            return done(service_failure{status_code::failed_precondition, "the request " #Name " was not sent: " + *trouble});   \
        inner_.function(std::move(request), [how = how_, done = std::move(done)](result<pb::service::Name##Response> answer) {   \
            if (answer)                                                                                                          \
                if (auto trouble = how->decode(*answer))                                                                         \
                    return done(service_failure{status_code::data_loss, "the answer to " #Name " cannot be read: " + *trouble}); \
            done(std::move(answer));                                                                                             \
        });                                                                                                                      \
    }
    PERDURE_FRONTEND_OPERATIONS(PERDURE_CODEC_OPERATION)
#undef PERDURE_CODEC_OPERATION

  private:
    frontend& inner_;
    conversion_ptr how_;
};

class codec_connection final : public connection {
  public:
    codec_connection(std::shared_ptr<connection> inner, conversion_ptr how)
        : connection(inner->space(), inner->identity()),
          inner_(std::move(inner)),
          how_(std::move(how)),
          frontend_(inner_->service(), how_) {}

    [[nodiscard]] frontend& service() override { return frontend_; }
    [[nodiscard]] std::unique_ptr<worker_stream> open_stream(boost::asio::io_context& io, stream_events events) override {
        return inner_->open_stream(io, std::move(events));
    }
    [[nodiscard]] conversion_ptr conversion() const override { return how_; }
    void after(std::chrono::milliseconds delay, std::function<void()> then) override { inner_->after(delay, std::move(then)); }
    [[nodiscard]] std::size_t servers() const noexcept override { return inner_->servers(); }
    void leave_server() override { inner_->leave_server(); }
    void wait(latch& until) override { inner_->wait(until); }
    [[nodiscard]] std::string make_request_id() override { return inner_->make_request_id(); }
    [[nodiscard]] std::string describe() const override { return inner_->describe(); }

  private:
    std::shared_ptr<connection> inner_;
    conversion_ptr how_;
    codec_frontend frontend_;
};

}  // namespace

std::shared_ptr<connection> with_conversion(std::shared_ptr<connection> via, data_conversion how) {
    auto conversion = payload_conversion::of(std::move(how));
    if (conversion == nullptr) return via;
    return std::make_shared<codec_connection>(std::move(via), std::move(conversion));
}

}  // namespace perdure::detail
