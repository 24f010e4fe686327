#pragma once

#include <string>
#include <vector>

#include "api/proto.hpp"

namespace perdure {

/// All event types of the contract.
[[nodiscard]] std::vector<pb::enums::EventType> event_types();

/// An event of this type in which every field has a value: texts, numbers, two entries a list and a map, nested failures.
[[nodiscard]] pb::history::HistoryEvent filled_event(pb::enums::EventType type);

/// A run of the workflow type "probe": its start, one task, the event, and another task if there is `more`.
[[nodiscard]] pb::history::History history_around(pb::history::HistoryEvent event, bool more = true);

}  // namespace perdure
