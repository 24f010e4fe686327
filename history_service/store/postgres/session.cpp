#include "history_service/store/postgres/session.hpp"

#include <algorithm>

namespace perdure::history::postgres {
namespace {

constexpr std::chrono::milliseconds first_pause{50};
constexpr std::chrono::milliseconds longest_pause{1'000};
constexpr std::chrono::seconds connect_limit{5};

}  // namespace

// A server that hangs costs each attempt its whole time: whoever cannot wait is spared as much time as was lost.
void session::failed(const error& reason, std::chrono::steady_clock::time_point began) {
    if (!last_failure_) tell(reason.failure.message);
    last_failure_ = reason;
    pause_ = std::clamp(pause_ * 2, first_pause, longest_pause);
    const auto now = std::chrono::steady_clock::now();
    not_before_ = now + std::max<std::chrono::steady_clock::duration>(pause_, now - began);
}

connection& session::get(deadline until) {
    if (is_connected()) return *connection_;
    const auto now = std::chrono::steady_clock::now();
    if (last_failure_ && now < not_before_) throw *last_failure_;
    connection_.reset();
    const auto limit = now + connect_limit;
    try {
        connection_ = std::make_unique<connection>(wanted_, interrupt_, until ? std::min(*until, limit) : limit);
    } catch (const error& refused) {
        failed(refused, now);
        throw;
    }
    ++generation_;
    if (last_failure_) tell("the PostgreSQL database is back (" + wanted_.name + ")");
    last_failure_.reset();
    pause_ = std::chrono::milliseconds{0};
    return *connection_;
}

connection& session::wait_for(deadline until) {
    for (;;) {
        try {
            return get(until);
        } catch (const error&) {
            const auto now = std::chrono::steady_clock::now();
            if (interrupt_.raised() || (until && now >= *until)) throw;
        }
        (void)interrupt_.wait(-1, false, false, until ? std::min(*until, not_before_) : not_before_);
    }
}

}  // namespace perdure::history::postgres
