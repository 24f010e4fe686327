#include "sdk/replayer/lean_event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "api/proto.hpp"
#include "api/varint.hpp"

namespace perdure::detail {
namespace {

using pb::history::HistoryEvent;

struct wire_field {
    std::uint32_t number = 0;
    std::uint32_t type = 0;      // of the wire: 0 is a number, 2 has a length
    std::string_view whole{};    // with its tag
    std::string_view content{};  // of one that has a length
};

// Takes one message apart into its fields.
class wire_reader {
  public:
    explicit wire_reader(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] bool next(wire_field& field) {
        const std::size_t begin = at_;
        std::uint64_t tag = 0;
        if (at_ == bytes_.size() || !read_number(tag)) return false;
        field.number = static_cast<std::uint32_t>(tag >> 3U);
        field.type = static_cast<std::uint32_t>(tag & 7U);
        std::uint64_t value = 0;
        switch (field.type) {
            case 0:
                if (!read_number(value)) return fail();
                break;
            case 1:
                if (!skip(8)) return fail();
                break;
            case 2:
                if (!read_number(value) || !skip(value)) return fail();
                field.content = bytes_.substr(at_ - value, value);
                break;
            case 5:
                if (!skip(4)) return fail();
                break;
            default:
                return fail();
        }
        field.whole = bytes_.substr(begin, at_ - begin);
        return true;
    }

    /// All bytes were fields.
    [[nodiscard]] bool ended() const noexcept { return !failed_ && at_ == bytes_.size(); }

  private:
    [[nodiscard]] bool fail() noexcept {
        failed_ = true;
        return false;
    }
    [[nodiscard]] bool skip(std::uint64_t bytes) noexcept {
        if (bytes > bytes_.size() - at_) return false;
        at_ += bytes;
        return true;
    }
    [[nodiscard]] bool read_number(std::uint64_t& value) noexcept {
        failed_ = !read_varint(bytes_, at_, value);
        return !failed_;
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

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
    return field.type != 2 || (field.number < 32 && (by.with_length & bit(static_cast<int>(field.number))) != 0);
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
        if (field.type != 2) {
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
