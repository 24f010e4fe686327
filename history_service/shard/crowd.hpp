#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "history_service/store/rows.hpp"

namespace perdure::history {

/// Tells whether few runs or many take turns in changing.
///
/// With few, each step is waited for, and the shortest way to the disk is the best one. With many, a flush costs less when more
/// gathers for it meanwhile.
class crowd {
  public:
    void touched(run_number run) {
        const auto known = std::find(recent_.begin(), recent_.end(), run);
        const bool new_face = known == recent_.end();
        // The latest stands first; what was not seen for longest makes room.
        std::rotate(recent_.begin(), new_face ? recent_.end() - 1 : known, new_face ? recent_.end() : known + 1);
        recent_.front() = run;
        new_faces_ += (new_face ? one : 0) / weight - new_faces_ / weight;
    }

    [[nodiscard]] bool is_dense() const noexcept { return new_faces_ > one / 6; }

  private:
    static constexpr std::int32_t one = 1 << 16;
    static constexpr std::int32_t weight = 16;

    std::array<run_number, 2> recent_{};
    /// The share of changes whose run was not among the last ones, as a moving average.
    std::int32_t new_faces_ = 0;
};

}  // namespace perdure::history
