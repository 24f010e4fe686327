#include "history_service/shard/event_tail.hpp"

#include "api/assert.hpp"

namespace perdure::history {

void event_tail::push(std::string_view record, std::int64_t sequence, event_range events) {
    if (events.empty()) return;
    encoded_events encoded;
    // Besides its events a record holds little, and nothing that is as long as the heads of its changes.
    encoded.reserve(record.size());
    event_walk walk(record, event_walk::of::record);
    for (auto event = walk.next(); !event.empty(); event = walk.next()) encoded.add(event);
    PERDURE_ASSERT(!walk.failed(), "a record that is kept can be read");
    push(std::move(encoded), sequence, events);
}

void event_tail::push(encoded_events encoded, std::int64_t sequence, event_range events) {
    if (events.empty()) return;
    PERDURE_ASSERT(events.first == next_, "events follow each other without a gap");
    PERDURE_ASSERT(events.first + static_cast<std::int64_t>(encoded.count()) == events.last + 1,
                   "a record holds the events that are said to be in it");
    next_ = events.last + 1;
    records_.push_back({sequence, events, encoded.take()});
    bytes_ += records_.back().bytes();
}

void event_tail::trim(std::size_t keep_bytes, std::int64_t durable_sequence) {
    auto end = records_.begin();
    for (; end != records_.end() && bytes_ > keep_bytes && end->sequence <= durable_sequence; ++end) {
        bytes_ -= end->bytes();
        first_ = end->events.last + 1;
    }
    records_.erase(records_.begin(), end);
}

}  // namespace perdure::history
