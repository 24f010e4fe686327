#include "history_service/shard/event_tail.hpp"

#include "api/assert.hpp"

namespace perdure::history {

const pb::history::HistoryEvent* event_tail::event_of(const journal::Change& change) {
    if (change.has_event()) return &change.event();
    if (change.has_flushed_event()) return &change.flushed_event();
    return nullptr;
}

void event_tail::push(record_ptr record, std::size_t bytes) {
    const event_range events = events_of(*record);
    if (events.empty()) return;
    PERDURE_ASSERT(events.first == next_, "events follow each other without a gap");
    next_ = events.last + 1;
    bytes_ += bytes;
    records_.push_back({std::move(record), events, bytes});
}

void event_tail::trim(std::size_t keep_bytes, std::int64_t durable_sequence) {
    while (!records_.empty() && bytes_ > keep_bytes && records_.front().record->sequence() <= durable_sequence) {
        bytes_ -= records_.front().bytes;
        first_ = records_.front().events.last + 1;
        records_.pop_front();
    }
}

}  // namespace perdure::history
