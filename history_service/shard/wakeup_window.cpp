#include "history_service/shard/wakeup_window.hpp"

#include <algorithm>
#include <limits>

namespace perdure::history {

void wakeup_window::arm(run_number run, const std::optional<wall_time>& due) {
    const auto known = by_run_.find(run);
    if (known == by_run_.end()) {
        if (!due) return;
        by_due_.insert({*due, run});
        by_run_.emplace(run, *due);
        if (*due <= horizon_) ++near_;
        return;
    }
    if (due && *due == known->second) return;
    // A run's wake-up moves at nearly every step, and its node with it.
    auto moved = by_due_.extract({known->second, run});
    if (known->second <= horizon_) --near_;
    if (!due) {
        by_run_.erase(known);
        return;
    }
    moved.value().due = *due;
    by_due_.insert(std::move(moved));
    known->second = *due;
    if (*due <= horizon_) ++near_;
}

void wakeup_window::leave(run_number run) {
    const auto known = by_run_.find(run);
    if (known == by_run_.end() || known->second <= horizon_) return;
    beyond_ = beyond_ ? std::min(*beyond_, known->second) : known->second;
    disarm(run);
}

std::optional<due_run> wakeup_window::take_due(wall_time now) {
    if (by_due_.empty() || by_due_.begin()->due > now) return std::nullopt;
    const due_run first = *by_due_.begin();
    disarm(first.run);
    return first;
}

std::optional<wall_time> wakeup_window::next() const {
    if (by_due_.empty()) return std::nullopt;
    return by_due_.begin()->due;
}

void wakeup_window::set_horizon(wall_time horizon) {
    const auto after = [this](wall_time time) { return by_due_.upper_bound({time, std::numeric_limits<run_number>::max()}); };
    const auto [from, to] = std::minmax(horizon_, horizon);
    const auto between = static_cast<std::size_t>(std::distance(after(from), after(to)));
    near_ = horizon < horizon_ ? near_ - between : near_ + between;
    horizon_ = horizon;
}

}  // namespace perdure::history
