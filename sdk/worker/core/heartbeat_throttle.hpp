#pragma once

#include <optional>

#include "sdk/worker/core/types.hpp"

namespace perdure::detail {

/// Decides when the heartbeats of one activity go out: at most one an interval, the newest details always win, and
/// details that were not sent can be had for the answer.
class heartbeat_throttle {
  public:
    /// The interval is 80 % of the activity's heartbeat timeout, or `standard` without one, and never above `ceiling`.
    heartbeat_throttle(std::chrono::milliseconds timeout, std::chrono::milliseconds standard, std::chrono::milliseconds ceiling);

    /// Takes a heartbeat; returns the details if they are to be sent now.
    [[nodiscard]] std::optional<pb::common::Payloads> record(pb::common::Payloads details, moment now);

    /// Returns details that waited and are due now.
    [[nodiscard]] std::optional<pb::common::Payloads> take_due(moment now);

    /// The connection was lost: what was sent last may not have arrived, so it waits again.
    void lost();

    /// The server has the last details that were sent.
    void acknowledged();

    /// Details that the server may not have. They are handed over with the answer.
    [[nodiscard]] std::optional<pb::common::Payloads> take_unsent();

    [[nodiscard]] std::optional<moment> due() const;
    [[nodiscard]] std::chrono::milliseconds interval() const noexcept { return interval_; }

  private:
    std::chrono::milliseconds interval_;
    std::optional<moment> sent_at_;
    std::optional<pb::common::Payloads> waiting_;
    std::optional<pb::common::Payloads> unacknowledged_;
};

}  // namespace perdure::detail
