#include "sdk/worker/core/heartbeat_throttle.hpp"

#include <algorithm>
#include <utility>

namespace perdure::detail {

heartbeat_throttle::heartbeat_throttle(std::chrono::milliseconds timeout, std::chrono::milliseconds standard,
                                       std::chrono::milliseconds ceiling)
    : interval_(std::min(timeout.count() > 0 ? timeout * 8 / 10 : standard, ceiling)) {}

std::optional<pb::common::Payloads> heartbeat_throttle::record(pb::common::Payloads details, moment now) {
    waiting_ = std::move(details);
    return take_due(now);
}

std::optional<pb::common::Payloads> heartbeat_throttle::take_due(moment now) {
    if (!waiting_ || (sent_at_ && now < *sent_at_ + interval_)) return std::nullopt;
    sent_at_ = now;
    unacknowledged_ = std::exchange(waiting_, std::nullopt);
    return unacknowledged_;
}

void heartbeat_throttle::lost() {
    if (!waiting_) waiting_ = std::move(unacknowledged_);
    unacknowledged_.reset();
    sent_at_.reset();
}

void heartbeat_throttle::acknowledged() { unacknowledged_.reset(); }

std::optional<pb::common::Payloads> heartbeat_throttle::take_unsent() {
    if (!waiting_) waiting_ = std::exchange(unacknowledged_, std::nullopt);
    return std::exchange(waiting_, std::nullopt);
}

std::optional<moment> heartbeat_throttle::due() const {
    if (!waiting_) return std::nullopt;
    return sent_at_ ? *sent_at_ + interval_ : moment::min();
}

}  // namespace perdure::detail
