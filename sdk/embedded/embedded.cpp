#include <perdure/embedded.hpp>
#include <perdure/errors.hpp>
#include <utility>

#include "sdk/client/codec_connection.hpp"
#include "sdk/client/connection.hpp"
#include "sdk/embedded/embedded_frontend.hpp"
#include "sdk/embedded/embedded_stream.hpp"
#include "sdk/embedded/host.hpp"

namespace perdure {
namespace detail {
namespace {

// Calls when the last copy goes: after the timer rang, or when it never will.
class at_last {
  public:
    explicit at_last(std::function<void()> then) : then_(std::move(then)) {}
    at_last(const at_last&) = delete;
    at_last& operator=(const at_last&) = delete;
    ~at_last() { then_(); }

  private:
    std::function<void()> then_;
};

class embedded_connection final : public connection {
  public:
    embedded_connection(std::shared_ptr<host> at, std::string space, std::string identity)
        : connection(std::move(space), std::move(identity)), host_(std::move(at)), frontend_(host_) {}

    [[nodiscard]] frontend& service() override { return frontend_; }
    [[nodiscard]] std::unique_ptr<worker_stream> open_stream(boost::asio::io_context& io, stream_events events) override {
        return open_embedded_stream(io, host_, std::move(events));
    }
    // Whoever waits for a server that is gone need not wait: its next call is refused.
    void after(std::chrono::milliseconds delay, std::function<void()> then) override {
        host_->after(delay, [last = std::make_shared<at_last>(std::move(then))] {});
    }
    [[nodiscard]] std::string describe() const override { return "the server in this process"; }

    [[nodiscard]] host& server() noexcept { return *host_; }

  private:
    std::shared_ptr<host> host_;
    embedded_frontend frontend_;
};

server::options to_server(const embedded_options& options) {
    server::options made;
    made.http_port = options.http_port;
    if (!options.database.empty()) made.store = {server::store_address::kind::sqlite, options.database};
    made.namespaces = {options.space};
    const auto level = server::parse_log_level(options.log_level);
    if (!level)
        service_error::raise({status_code::invalid_argument, "embedded_options::log_level is \"" + options.log_level +
                                                                 "\"; use trace, debug, info, warn, error or off"});
    made.level = *level;
    return made;
}

}  // namespace
}  // namespace detail

embedded_server::embedded_server(embedded_options options) {
    auto host = detail::host::start(detail::to_server(options), options.http_port != 0);
    if (!host) service_error::raise(host.error());
    if (options.identity.empty()) options.identity = detail::default_identity();
    connection_ =
        std::make_shared<detail::embedded_connection>(*std::move(host), std::move(options.space), std::move(options.identity));
    clients_ = detail::with_conversion(connection_, std::move(options.conversion));
}

embedded_server::~embedded_server() { stop(); }

perdure::client embedded_server::client() const { return perdure::client(clients_); }

std::uint16_t embedded_server::http_port() const noexcept {
    return static_cast<detail::embedded_connection&>(*connection_).server().port();
}

void embedded_server::stop() { static_cast<detail::embedded_connection&>(*connection_).server().stop(); }

}  // namespace perdure
