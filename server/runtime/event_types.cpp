#include "api/wire_reader.hpp"
#include "history_service/shard/encoded_events.hpp"
#include "server/runtime/measured_store.hpp"

namespace perdure::server {
namespace {

int event_type_of(std::string_view event) {
    wire_reader reader(event);
    for (wire_field field; reader.next(field);)
        if (field.number == pb::history::HistoryEvent::kEventTypeFieldNumber) return static_cast<int>(field.value);
    return 0;
}

}  // namespace

std::vector<recorded_event> events_in(std::string_view journal_record) {
    using history::event_walk;
    std::vector<recorded_event> events;
    events.reserve(4);  // as many as most records have
    event_walk walk(journal_record, event_walk::of::record);
    for (std::string_view event = walk.next(); !event.empty(); event = walk.next())
        events.push_back({event_type_of(event), event});
    return events;
}

}  // namespace perdure::server
