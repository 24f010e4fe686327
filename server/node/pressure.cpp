#include "server/node/pressure.hpp"

#include <algorithm>
#include <utility>

namespace perdure::server {
namespace {

// How far the level moves in an interval for a wait that is the target too long, and for one that has grown by the target.
// Found with the queues of the unit test: twice as much swings, half as much is slow to let go.
constexpr double by_distance = 0.02;
constexpr double by_trend = 0.1;
constexpr double largest_error = 8;
// After so many intervals without a word nothing is left of the level.
constexpr std::int64_t forgotten = 200;

}  // namespace

void pressure::waited_for_thread(matching::instant now, std::chrono::nanoseconds wait) {
    close_intervals(now);
    take(thread_, wait);
}

void pressure::worked_for(matching::instant now, std::chrono::nanoseconds wait) {
    close_intervals(now);
    take(work_, wait);
}

double pressure::level(matching::instant now) {
    close_intervals(now);
    return level_;
}

void pressure::close_intervals(matching::instant now) {
    if (now < ends_) return;
    using std::chrono::nanoseconds;
    // Whoever measures the thread waits for it too: when it has said nothing, what it said last still holds.
    if (thread_) last_thread_ = *std::exchange(thread_, {});
    step(last_thread_ + std::exchange(work_, {}).value_or(nanoseconds(0)));
    const auto missed = std::min<std::int64_t>((now - ends_) / interval_, forgotten);
    if (missed > 0) last_thread_ = nanoseconds(0);
    for (std::int64_t i = 0; i < missed && level_ > 0; ++i) step(nanoseconds(0));
    ends_ = now + interval_;
}

void pressure::step(std::chrono::nanoseconds delay) {
    const double relative = std::chrono::duration<double>(delay) / std::chrono::duration<double>(target_);
    const double error = std::clamp(relative - 1, -1.0, largest_error);
    const double trend = error - std::exchange(last_error_, error);
    too_long_ = error > 0 ? too_long_ + 1 : 0;
    if (level_ == 0 && too_long_ < 2) return;
    level_ = std::clamp(level_ + by_distance * error + by_trend * trend, 0.0, most);
}

}  // namespace perdure::server
