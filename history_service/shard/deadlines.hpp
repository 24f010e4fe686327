#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace perdure::history {

/// Deadlines of what lives only in memory, on a clock that never goes back.
class deadlines {
  public:
    using instant = std::chrono::nanoseconds;
    using key = std::pair<instant, std::uint64_t>;

    /// `late` is called when the deadline passes, unless it is dropped before.
    key set(instant at, std::function<void()> late) {
        const key made{at, ++last_};
        all_.emplace(made, std::move(late));
        return made;
    }
    void drop(const key& which) { all_.erase(which); }

    [[nodiscard]] std::optional<instant> next() const {
        if (all_.empty()) return std::nullopt;
        return all_.begin()->first.first;
    }

    /// Calls everything whose time has come.
    void advance(instant now) {
        while (!all_.empty() && all_.begin()->first.first <= now) {
            const auto late = std::move(all_.begin()->second);
            all_.erase(all_.begin());
            late();
        }
    }

  private:
    std::map<key, std::function<void()>> all_;
    std::uint64_t last_ = 0;
};

}  // namespace perdure::history
