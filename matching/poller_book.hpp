#pragma once

#include "matching/types.hpp"

#include <map>
#include <string>
#include <vector>

namespace perdure::matching {

/// Who was seen at a queue lately, by identity, for people who ask. Bounded: the one not seen for longest makes room.
class poller_book {
  public:
    explicit poller_book(std::size_t bound) : bound_(bound) {}

    void seen(const std::string& identity, double rate, instant now) {
        seen_[identity] = {identity, now, rate};
        if (seen_.size() > bound_) {
            auto oldest = seen_.begin();
            for (auto entry = seen_.begin(); entry != seen_.end(); ++entry) {
                if (entry->second.last_access < oldest->second.last_access) {
                    oldest = entry;
                }
            }
            seen_.erase(oldest);
        }
    }

    void forget_before(instant limit) {
        std::erase_if(seen_, [limit](const auto& entry) { return entry.second.last_access < limit; });
    }

    [[nodiscard]] bool empty() const noexcept { return seen_.empty(); }

    [[nodiscard]] std::vector<poller_stats> list() const {
        std::vector<poller_stats> all;
        all.reserve(seen_.size());
        for (const auto& [identity, stats] : seen_) {
            all.push_back(stats);
        }
        return all;
    }

  private:
    std::map<std::string, poller_stats> seen_;
    std::size_t bound_;
};

}  // namespace perdure::matching
