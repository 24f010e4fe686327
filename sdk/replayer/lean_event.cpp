#include "sdk/replayer/lean_event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "api/proto.hpp"
#include "api/wire_reader.hpp"

namespace perdure::detail {
namespace {

using pb::history::HistoryEvent;

// What counts of the attributes of one kind of event, and of the event itself.
struct rule {
    std::uint32_t attributes = 0;   // the number of their field
    bool time = false;              // the event's time decides what ctx.now() says
    bool all = false;               // every attribute counts
    std::uint32_t with_length = 0;  // a bit for the number of each attribute with a length that counts; numbers always do
};

constexpr std::uint32_t bit(int number) { return 1U << static_cast<unsigned>(number); }

constexpr std::array rules{
    rule{.attributes = HistoryEvent::kWorkflowTaskScheduledEventAttributesFieldNumber},
    rule{.attributes = HistoryEvent::kWorkflowTaskStartedEventAttributesFieldNumber, .time = true},
    rule{.attributes = HistoryEvent::kWorkflowTaskCompletedEventAttributesFieldNumber,
         .with_length = bit(pb::history::WorkflowTaskCompletedEventAttributes::kSdkMetadataFieldNumber)},
    rule{.attributes = HistoryEvent::kActivityTaskScheduledEventAttributesFieldNumber, .all = true},
    rule{.attributes = HistoryEvent::kActivityTaskStartedEventAttributesFieldNumber},
    rule{.attributes = HistoryEvent::kActivityTaskCompletedEventAttributesFieldNumber,
         .with_length = bit(pb::history::ActivityTaskCompletedEventAttributes::kResultFieldNumber)},
    rule{.attributes = HistoryEvent::kTimerStartedEventAttributesFieldNumber, .all = true},
    rule{.attributes = HistoryEvent::kTimerFiredEventAttributesFieldNumber, .all = true},
};

const rule* rule_of(std::uint32_t attributes) noexcept {
    for (const rule& each : rules)
        if (each.attributes == attributes) return &each;
    return nullptr;
}

bool counts(const wire_field& field, const rule& by) {
    return field.type != wire_type::with_length ||
           (field.number < 32 && (by.with_length & bit(static_cast<int>(field.number))) != 0);
}

bool append_attributes(wire_buffer& to, const wire_field& attributes, const rule& by) {
    if (by.all) {
        to.raw(attributes.whole);
        return true;
    }
    to.varint((attributes.number << 3U) | 2U);
    const std::size_t opened = to.open();
    wire_reader reader(attributes.content);
    for (wire_field field; reader.next(field);)
        if (counts(field, by)) to.raw(field.whole);
    to.close(opened);
    return reader.ended();
}

}  // namespace

std::string_view lean_event(std::string_view bytes, wire_buffer& scratch) {
    wire_field attributes;
    wire_field time;
    const rule* by = nullptr;
    scratch.truncate(0);
    wire_reader reader(bytes);
    for (wire_field field; reader.next(field);) {
        if (field.type != wire_type::with_length) {
            if (field.number == HistoryEvent::kEventIdFieldNumber || field.number == HistoryEvent::kEventTypeFieldNumber ||
                field.number == HistoryEvent::kWorkerMayIgnoreFieldNumber)
                scratch.raw(field.whole);
        } else if (field.number == HistoryEvent::kEventTimeFieldNumber) {
            time = field;
        } else if (field.number < HistoryEvent::kWorkerMayIgnoreFieldNumber) {
            // Merging two of them is for the real parser.
            if (by != nullptr) return bytes;
            by = rule_of(field.number);
            if (by == nullptr) return bytes;
            attributes = field;
        }
    }
    if (by == nullptr || !reader.ended()) return bytes;
    if (by->time) scratch.raw(time.whole);
    return append_attributes(scratch, attributes, *by) ? scratch.bytes() : bytes;
}

}  // namespace perdure::detail
