#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>

#include "history_service/journal.pb.h"
#include "server/runtime/measured_store.hpp"

namespace perdure::server {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Calls `each` with the bytes of every sub-message of the given field numbers.
template <class Each>
void for_each_message(std::string_view bytes, std::initializer_list<int> fields, Each each) {
    CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
    while (const std::uint32_t tag = in.ReadTag()) {
        const int field = WireFormatLite::GetTagFieldNumber(tag);
        const bool wanted = std::ranges::find(fields, field) != fields.end();
        if (!wanted || WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
            if (!WireFormatLite::SkipField(&in, tag)) return;
            continue;
        }
        std::uint32_t length = 0;
        if (!in.ReadVarint32(&length)) return;
        const auto begin = static_cast<std::size_t>(in.CurrentPosition());
        if (length > bytes.size() - begin) return;
        each(bytes.substr(begin, length));
        if (!in.Skip(static_cast<int>(length))) return;
    }
}

int event_type_of(std::string_view event) {
    CodedInputStream in(reinterpret_cast<const std::uint8_t*>(event.data()), static_cast<int>(event.size()));
    while (const std::uint32_t tag = in.ReadTag()) {
        if (WireFormatLite::GetTagFieldNumber(tag) != temporal::api::history::v1::HistoryEvent::kEventTypeFieldNumber) {
            if (!WireFormatLite::SkipField(&in, tag)) return 0;
            continue;
        }
        std::uint32_t type = 0;
        return in.ReadVarint32(&type) ? static_cast<int>(type) : 0;
    }
    return 0;
}

}  // namespace

std::vector<recorded_event> events_in(std::string_view journal_record) {
    using history::v1::Change;
    std::vector<recorded_event> events;
    for_each_message(journal_record, {history::v1::JournalRecord::kChangesFieldNumber}, [&](std::string_view change) {
        for_each_message(change, {Change::kEventFieldNumber, Change::kFlushedEventFieldNumber},
                         [&](std::string_view event) { events.push_back({event_type_of(event), event}); });
    });
    return events;
}

}  // namespace perdure::server
