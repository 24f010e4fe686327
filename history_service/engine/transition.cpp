#include "history_service/engine/transition.hpp"

#include "api/on_arena.hpp"

namespace perdure::history {

record_ptr new_record() {
    constexpr std::size_t expected_bytes = 1536;  // of three events with their payloads
    return make_on_arena<journal::JournalRecord>(expected_bytes);
}

const pb::history::HistoryEvent* history_event_of(const journal::Change& change) {
    if (change.has_event()) return &change.event();
    if (change.has_flushed_event()) return &change.flushed_event();
    return nullptr;
}

void append_events(const journal::JournalRecord& record, std::vector<pb::history::HistoryEvent>& out) {
    for (const auto& change : record.changes()) {
        if (const auto* event = history_event_of(change)) out.push_back(*event);
    }
}

event_range events_of(const journal::JournalRecord& record) {
    event_range range{};
    for (const auto& change : record.changes()) {
        const auto* event = history_event_of(change);
        if (event == nullptr) continue;
        if (range.first == 0) range.first = event->event_id();
        range.last = event->event_id();
    }
    return range;
}

}  // namespace perdure::history
