#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "api/proto.hpp"

namespace perdure::detail {

/// Says what an event is about; told the events of a run in their order, it names the activities and timers that later ones mean.
class event_teller {
  public:
    /// What matters, in a few words: `payment.charge attempt 2`. Empty for events that say all with their type.
    std::string tell(const pb::history::HistoryEvent& event);

  private:
    std::string remember(std::int64_t id, std::string text);
    [[nodiscard]] std::string recall(std::int64_t id) const;

    std::map<std::int64_t, std::string> names_;
};

/// A history as numbered lines with what matters: "5 ActivityTaskScheduled payment.charge".
[[nodiscard]] std::string history_lines(const pb::history::History& history);

}  // namespace perdure::detail
