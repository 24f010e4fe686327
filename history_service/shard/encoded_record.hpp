#pragma once

#include <string>

#include "history_service/engine/transition.hpp"
#include "history_service/shard/encoded_events.hpp"

namespace perdure::history {

/// A record as the journal has it, and its events as workers get them.
struct encoded_record {
    std::string journal;
    encoded_events events;
};

/// Encodes a record that the engine made: its events know their sizes since they were applied.
[[nodiscard]] encoded_record encode(const journal::JournalRecord& record);

}  // namespace perdure::history
