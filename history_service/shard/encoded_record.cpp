#include "history_service/shard/encoded_record.hpp"

#include <cstddef>
#include <string_view>

#include "api/message_field.hpp"

namespace perdure::history {
namespace {

/// What a change, its event and the record's own fields have for tags and lengths, at most.
constexpr std::size_t head_bytes = 24;

/// The size of the event that the change puts into the history; 0 if it puts none.
std::size_t event_bytes_of(const journal::Change& change) {
    const auto* event = history_event_of(change);
    return event == nullptr ? 0 : static_cast<std::size_t>(event->GetCachedSize());
}

}  // namespace

encoded_record encode(const journal::JournalRecord& record) {
    using message = journal::JournalRecord;
    encoded_record made;
    std::size_t events = 0;
    std::size_t others = record.time().ByteSizeLong() + 2 * head_bytes;
    for (const auto& change : record.changes()) {
        const std::size_t event = event_bytes_of(change);
        (event > 0 ? events : others) += head_bytes + (event > 0 ? event : change.ByteSizeLong());
    }
    made.journal.reserve(events + others);
    made.events.reserve(events);

    append_number_field(made.journal, message::kSequenceFieldNumber, static_cast<std::uint64_t>(record.sequence()));
    append_message_field(made.journal, message::kTimeFieldNumber, record.time(),
                         static_cast<std::size_t>(record.time().GetCachedSize()));
    for (const auto& change : record.changes()) {
        const auto* event = history_event_of(change);
        if (event == nullptr) {
            append_message_field(made.journal, message::kChangesFieldNumber, change,
                                 static_cast<std::size_t>(change.GetCachedSize()));
            continue;
        }
        const std::size_t size = event_bytes_of(change);
        const int kind = change.has_event() ? journal::Change::kEventFieldNumber : journal::Change::kFlushedEventFieldNumber;
        append_field_head(made.journal, message::kChangesFieldNumber, field_bytes(kind, size));
        append_message_field(made.journal, kind, *event, size);
        made.events.add(std::string_view(made.journal).substr(made.journal.size() - size));
    }
    return made;
}

}  // namespace perdure::history
