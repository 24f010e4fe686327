#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "api/payload.hpp"
#include "api/proto.hpp"

namespace perdure::detail {

/// Between an activity that reports as often as it likes and the io thread: holds the newest details alone, so that a loop of
/// heartbeats costs one message and not a queue of them. Encoding to the wire happens on delivery.
class heartbeat_slot {
  public:
    explicit heartbeat_slot(std::function<void(pb::common::Payloads)> deliver) : deliver_(std::move(deliver)) {}

    /// Returns true when somebody has to call `deliver`.
    [[nodiscard]] bool put(std::vector<raw_payload> details) {
        const std::lock_guard lock(mutex_);
        const bool first = !newest_.has_value();
        newest_ = std::move(details);
        return first;
    }
    void deliver() {
        std::optional<std::vector<raw_payload>> details;
        {
            const std::lock_guard lock(mutex_);
            details = std::exchange(newest_, std::nullopt);
        }
        if (details) deliver_(perdure::to_proto(*std::move(details)));
    }

  private:
    std::function<void(pb::common::Payloads)> deliver_;
    std::mutex mutex_;
    std::optional<std::vector<raw_payload>> newest_;
};

}  // namespace perdure::detail
