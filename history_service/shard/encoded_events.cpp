#include "history_service/shard/encoded_events.hpp"

#include "api/varint.hpp"
#include "history_service/engine/transition.hpp"

namespace perdure::history {

void encoded_events::add(std::string_view event) {
    append_field_head(bytes_, pb::history::History::kEventsFieldNumber, event.size());
    bytes_ += event;
    ++count_;
}

result<pb::history::History> encoded_events::decode() const {
    pb::history::History events;
    if (!events.ParseFromString(bytes_))
        return service_failure{status_code::data_loss, "stored events cannot be read; run perdure fsck"};
    return events;
}

std::string_view event_walk::next() {
    for (wire_field field; reader_.next(field);) {
        if (what_ == of::history) {
            if (field.number == pb::history::History::kEventsFieldNumber) return field.content;
            continue;
        }
        if (field.number != journal::JournalRecord::kChangesFieldNumber) continue;
        wire_field kind;
        if (!wire_reader(field.content).next(kind)) return fail();
        if (kind.number == journal::Change::kEventFieldNumber || kind.number == journal::Change::kFlushedEventFieldNumber)
            return kind.content;
    }
    return {};
}

std::string_view event_walk::fail() {
    failed_ = true;
    reader_ = wire_reader({});
    return {};
}

}  // namespace perdure::history
