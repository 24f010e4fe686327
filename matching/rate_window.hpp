#pragma once

#include "matching/types.hpp"

#include <array>
#include <cstdint>

namespace perdure::matching {

/// Counts events of the last half minute in slices of five seconds.
class rate_window {
  public:
    void add(instant now, std::uint64_t count = 1) {
        roll(now);
        slices_[static_cast<std::size_t>(slice_ % slices)] += count;
    }

    /// Events a second, over the whole window.
    [[nodiscard]] double per_second(instant now) const {
        rate_window rolled = *this;
        rolled.roll(now);
        std::uint64_t sum = 0;
        for (const std::uint64_t slice : rolled.slices_) {
            sum += slice;
        }
        return static_cast<double>(sum) / static_cast<double>(slices * width_s);
    }

  private:
    static constexpr std::int64_t slices = 6;
    static constexpr std::int64_t width_s = 5;

    void roll(instant now) {
        const std::int64_t target = std::chrono::floor<std::chrono::seconds>(now).count() / width_s;
        if (target - slice_ >= slices || target < 0) {
            slices_.fill(0);
            slice_ = std::max<std::int64_t>(target, 0);
        }
        while (slice_ < target) {
            ++slice_;
            slices_[static_cast<std::size_t>(slice_ % slices)] = 0;
        }
    }

    std::array<std::uint64_t, slices> slices_{};
    std::int64_t slice_ = 0;
};

}  // namespace perdure::matching
