#pragma once

#include "matching/types.hpp"

#include <chrono>
#include <optional>

namespace perdure::server {

/// How hard new work must be held back, from how long work has waited for the server: a controller without a clock.
///
/// One long wait says nothing: of each interval only the shortest wait counts, and two intervals in a row must be too long
/// before anything is held back. From there the level follows the distance to the target and its trend, so that it settles
/// instead of swinging.
class pressure {
  public:
    /// Level of a server that holds back all it can.
    static constexpr double most = 2.0;

    pressure(std::chrono::nanoseconds target, std::chrono::nanoseconds interval) : target_(target), interval_(interval) {}

    /// Something that had arrived was looked at this much later, because the thread was busy.
    void waited_for_thread(matching::instant now, std::chrono::nanoseconds wait);
    /// A request took this long from its beginning to its answer, the disk's own time apart.
    void worked_for(matching::instant now, std::chrono::nanoseconds wait);

    /// From 0, nothing is held back, to `most`.
    [[nodiscard]] double level(matching::instant now);

  private:
    using shortest = std::optional<std::chrono::nanoseconds>;
    void close_intervals(matching::instant now);
    void step(std::chrono::nanoseconds delay);
    static void take(shortest& into, std::chrono::nanoseconds wait) {
        if (!into || wait < *into) into = wait;
    }

    std::chrono::nanoseconds target_;
    std::chrono::nanoseconds interval_;
    matching::instant ends_{};
    shortest thread_;
    shortest work_;
    std::chrono::nanoseconds last_thread_{};
    int too_long_ = 0;
    double last_error_ = 0;
    double level_ = 0;
};

}  // namespace perdure::server
