#pragma once

#include <algorithm>
#include <cstdint>

#include "api/assert.hpp"

namespace perdure::detail {

/// The activity slots of a worker, in two shares: those promised to the server as credits, and those kept back so that an
/// eager start can be asked for without promising a slot twice.
class activity_slots {
  public:
    activity_slots(std::uint32_t total, bool eager)
        : eager_(eager && total > 1 ? std::max<std::uint32_t>(1, total / 4) : 0), credited_(total - eager_) {}

    /// Takes up to `wanted` slots for eager starts; returns how many were free.
    [[nodiscard]] std::uint32_t reserve_eager(std::uint32_t wanted) noexcept {
        const std::uint32_t taken = std::min(wanted, eager_ - std::min(eager_, eager_used_));
        eager_used_ += taken;
        return taken;
    }
    void release_eager(std::uint32_t count) {
        PERDURE_ASSERT(count <= eager_used_, "an eager slot is given back once");
        eager_used_ -= count;
    }
    void use_credited() noexcept { ++credited_used_; }
    void release_credited() {
        PERDURE_ASSERT(credited_used_ > 0, "a credited slot is given back once");
        --credited_used_;
    }
    /// How many credits a fresh connection gets.
    [[nodiscard]] std::uint32_t free_credits() const noexcept { return credited_ - std::min(credited_, credited_used_); }
    [[nodiscard]] std::uint32_t used() const noexcept { return credited_used_ + eager_used_; }
    [[nodiscard]] std::uint32_t total() const noexcept { return credited_ + eager_; }

  private:
    std::uint32_t eager_;
    std::uint32_t credited_;
    std::uint32_t eager_used_ = 0;
    std::uint32_t credited_used_ = 0;
};

}  // namespace perdure::detail
