#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "history_service/store/postgres/connection.hpp"

namespace perdure::history::postgres {

/// Gets sentences for the operator.
using warning_sink = std::function<void(const std::string&)>;

/// A connection that is made when it is needed and made again when it was lost, with growing pauses between vain attempts.
class session {
  public:
    session(connection::options wanted, const interruption& interrupt, warning_sink warn)
        : wanted_(std::move(wanted)), interrupt_(interrupt), warn_(std::move(warn)) {}

    /// The connection; connects if there is none. Within the pause after a vain attempt, throws its `error` again at once.
    [[nodiscard]] connection& get(deadline until);
    /// As `get`, but waits for the pause to end. Throws `error` at the deadline or when it is interrupted.
    [[nodiscard]] connection& wait_for(deadline until);
    [[nodiscard]] bool is_connected() const noexcept { return connection_ != nullptr && !connection_->is_lost(); }
    /// Another number for each connection that was made.
    [[nodiscard]] int generation() const noexcept { return generation_; }
    /// Forgets a connection that is of no use any more.
    void drop() noexcept { connection_.reset(); }

    /// Runs `body` with the connection, once more if that one turns out to be lost: for what may be done twice.
    template <class Body>
    auto ask(std::chrono::milliseconds limit, Body&& body) {
        const auto until = std::chrono::steady_clock::now() + limit;
        const bool was_connected = is_connected();
        try {
            return body(get(until), deadline(until));
        } catch (const error& refused) {
            if (!refused.lost) throw;
            drop();
            if (!was_connected || std::chrono::steady_clock::now() >= until) throw;
        }
        return body(get(until), deadline(until));
    }

  private:
    void tell(const std::string& what) const {
        if (warn_) warn_(what);
    }
    void failed(const error& reason, std::chrono::steady_clock::time_point began);

    connection::options wanted_;
    const interruption& interrupt_;
    warning_sink warn_;
    std::unique_ptr<connection> connection_;
    int generation_ = 0;
    std::optional<error> last_failure_;
    std::chrono::milliseconds pause_{0};
    std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace perdure::history::postgres
