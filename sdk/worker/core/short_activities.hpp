#pragma once

#include <chrono>
#include <unordered_map>

namespace perdure::detail {

/// Knows which activities are over sooner than a thread can be woken for them. Pure; not thread safe.
///
/// Only a row of short runs makes an activity short, and a single long one ends it: whoever blocks now and then is better kept
/// away from everything else.
class short_activities {
  public:
    explicit short_activities(std::chrono::steady_clock::duration longest) : longest_(longest) {}

    /// `which` names the activity and is not looked into.
    [[nodiscard]] bool contain(const void* which) const {
        const auto found = short_runs_.find(which);
        return found != short_runs_.end() && found->second >= runs_needed;
    }

    /// One run of it has ended, `took` after its beginning.
    void ran(const void* which, std::chrono::steady_clock::duration took) {
        int& runs = short_runs_[which];
        runs = took <= longest_ ? runs + (runs < runs_needed ? 1 : 0) : 0;
    }

    static constexpr int runs_needed = 16;

  private:
    std::chrono::steady_clock::duration longest_;
    std::unordered_map<const void*, int> short_runs_;
};

}  // namespace perdure::detail
