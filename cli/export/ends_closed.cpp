#include <google/protobuf/io/coded_stream.h>

#include "cli/export/history_files.hpp"
#include "cli/history_source.hpp"

namespace perdure::cli {
namespace {

// print_history indents the members of an event by six columns and nothing else of that name so.
bool json_ends_closed(std::string_view text) {
    constexpr std::string_view member = "\n      \"eventType\": \"";
    if (!text.ends_with('}')) return false;
    const std::size_t last = text.rfind(member);
    if (last == std::string_view::npos) return false;
    const std::size_t name = last + member.size();
    pb::enums::EventType type = pb::enums::EVENT_TYPE_UNSPECIFIED;
    const std::size_t end = text.find('"', name);
    return end != std::string_view::npos && pb::enums::EventType_Parse(std::string(text.substr(name, end - name)), &type) &&
           is_close_event(type);
}

bool binary_ends_closed(std::string_view bytes) {
    constexpr std::uint32_t events_tag = (1U << 3U) | 2U;
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                              static_cast<int>(bytes.size()));
    std::string_view last;
    while (in.ReadTag() == events_tag) {
        std::uint32_t length = 0;
        if (!in.ReadVarint32(&length)) return false;
        const auto begin = static_cast<std::size_t>(in.CurrentPosition());
        if (length > bytes.size() - begin) return false;
        last = bytes.substr(begin, length);
        if (!in.Skip(static_cast<int>(length))) return false;
    }
    pb::history::HistoryEvent event;
    return in.ConsumedEntireMessage() && event.ParseFromArray(last.data(), static_cast<int>(last.size())) &&
           is_close_event(event.event_type());
}

}  // namespace

bool ends_closed(std::string_view bytes, history_format format) {
    return format == history_format::json ? json_ends_closed(bytes) : binary_ends_closed(bytes);
}

}  // namespace perdure::cli
