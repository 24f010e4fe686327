#include "history_service/shard/encoded_events.hpp"

#include <google/protobuf/wire_format_lite.h>

#include <optional>

#include "api/varint.hpp"
#include "history_service/engine/transition.hpp"

namespace perdure::history {
namespace {

using google::protobuf::internal::WireFormatLite;

/// One field of a message on the wire.
struct wire_field {
    std::uint64_t number = 0;
    /// Of a field with a length; others have none that matters here.
    std::string_view bytes;
};

std::optional<wire_field> take_field(std::string_view& from) {
    std::size_t at = 0;
    std::uint64_t tag = 0;
    if (!read_varint(from, at, tag)) return std::nullopt;
    wire_field field{tag >> 3U, {}};
    std::uint64_t length = 0;
    switch (tag & 7U) {
        case WireFormatLite::WIRETYPE_VARINT:
            if (!read_varint(from, at, length)) return std::nullopt;
            length = 0;
            break;
        case WireFormatLite::WIRETYPE_FIXED64:
            length = 8;
            break;
        case WireFormatLite::WIRETYPE_FIXED32:
            length = 4;
            break;
        case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
            if (!read_varint(from, at, length)) return std::nullopt;
            break;
        default:
            return std::nullopt;
    }
    if (length > from.size() - at) return std::nullopt;
    field.bytes = from.substr(at, length);
    from.remove_prefix(at + length);
    return field;
}

}  // namespace

void encoded_events::add(std::string_view event) {
    constexpr std::uint32_t tag = (pb::history::History::kEventsFieldNumber << 3U) | WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    static_assert(tag < 0x80U, "the tag of History.events is one byte");
    bytes_ += static_cast<char>(tag);
    append_varint(bytes_, event.size());
    bytes_ += event;
    ++count_;
}

result<pb::history::History> encoded_events::decode() const {
    pb::history::History events;
    if (!events.ParseFromString(bytes_))
        return service_failure{status_code::data_loss, "stored events cannot be read; run perdure fsck"};
    return events;
}

std::string_view event_walk::fail() {
    failed_ = true;
    bytes_ = {};
    return {};
}

std::string_view event_walk::next() {
    while (!bytes_.empty()) {
        const auto field = take_field(bytes_);
        if (!field) return fail();
        if (what_ == of::history) {
            if (field->number == pb::history::History::kEventsFieldNumber) return field->bytes;
            continue;
        }
        if (field->number != journal::JournalRecord::kChangesFieldNumber) continue;
        std::string_view change = field->bytes;
        const auto kind = take_field(change);
        if (!kind) return fail();
        if (kind->number == journal::Change::kEventFieldNumber || kind->number == journal::Change::kFlushedEventFieldNumber)
            return kind->bytes;
    }
    return {};
}

}  // namespace perdure::history
