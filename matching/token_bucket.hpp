#pragma once

#include "matching/types.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace perdure::matching {

/// Lets at most `rate` things a second pass, with a burst of one second's worth (at least one). Time is passed in.
class token_bucket {
  public:
    /// `rate` is above 0.
    token_bucket(double rate, instant now) : rate_(rate), burst_(std::max(1.0, rate)), tokens_(burst_), at_(now) {}

    [[nodiscard]] double rate() const noexcept { return rate_; }

    /// True when one may pass now; `take` then uses it up.
    [[nodiscard]] bool ready(instant now) const { return level(now) >= 1.0; }

    void take(instant now) {
        tokens_ = level(now) - 1.0;
        at_ = std::max(at_, now);
    }

    /// When the next one may pass; not before `now`.
    [[nodiscard]] instant ready_at(instant now) const {
        const double missing = 1.0 - level(now);
        if (missing <= 0) {
            return now;
        }
        constexpr double longest_wait_s = 1e9;
        const double seconds = std::min(missing / rate_, longest_wait_s);
        return now + instant{static_cast<instant::rep>(std::ceil(seconds * 1e9))};
    }

  private:
    [[nodiscard]] double level(instant now) const {
        // The last digits of a double must not make a token that is due at `ready_at` come out as not quite one.
        constexpr double rounding = 1e-6;
        const double elapsed_s = static_cast<double>(std::max(instant{}, now - at_).count()) / 1e9;
        return std::min(burst_, tokens_ + elapsed_s * rate_ + (elapsed_s > 0 ? rounding : 0.0));
    }

    double rate_;
    double burst_;
    double tokens_;
    instant at_;
};

/// A limit that may not be there.
using optional_rate = std::optional<token_bucket>;

[[nodiscard]] inline optional_rate make_rate(double rate, instant now) {
    return rate > 0 ? optional_rate(token_bucket(rate, now)) : std::nullopt;
}

}  // namespace perdure::matching
