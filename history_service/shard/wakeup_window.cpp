#include "history_service/shard/wakeup_window.hpp"

namespace perdure::history {

void wakeup_window::arm(run_number run, const std::optional<wall_time>& due) {
    const auto known = by_run_.find(run);
    if (known != by_run_.end()) {
        if (due && *due == known->second) return;
        by_due_.erase({known->second, run});
        by_run_.erase(known);
    }
    if (!due) return;
    if (*due > horizon_) {
        if (!beyond_ || *due < *beyond_) beyond_ = due;
        return;
    }
    put({*due, run});
}

void wakeup_window::put(const due_run& due) {
    const auto known = by_run_.find(due.run);
    if (known != by_run_.end()) by_due_.erase({known->second, due.run});
    by_due_.insert(due);
    by_run_[due.run] = due.due;
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

}  // namespace perdure::history
