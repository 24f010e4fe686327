#include <cstdint>
#include <limits>
#include <utility>

#include <perdure/replayer.hpp>

#include "api/varint.hpp"
#include "sdk/replayer/event_source.hpp"
#include "sdk/replayer/lean_event.hpp"

namespace perdure::detail {
namespace {

// temporal.api.history.v1.History: `repeated HistoryEvent events = 1`.
constexpr std::uint8_t events_tag = (1U << 3U) | 2U;

class binary_source final : public event_source {
  public:
    binary_source(std::string_view bytes, std::string name, event_parts parts)
        : bytes_(bytes), name_(std::move(name)), parts_(parts) {}

    bool next(pb::history::HistoryEvent& into) override {
        if (at_ == bytes_.size()) return false;
        ++count_;
        const std::size_t begin = at_;
        if (static_cast<std::uint8_t>(bytes_[at_++]) != events_tag)
            refuse(begin, "is no event: the file is neither JSON nor the binary form of a history");
        std::uint64_t length = 0;
        if (!read_varint(bytes_, at_, length) || length > bytes_.size() - at_)
            refuse(begin, "is cut off: the file ends inside of it; copy or export it again");
        std::string_view event = bytes_.substr(at_, length);
        if (parts_ == event_parts::replayed) event = lean_event(event, scratch_);
        if (length > static_cast<std::uint64_t>(std::numeric_limits<int>::max()) ||
            !into.ParseFromArray(event.data(), static_cast<int>(event.size())))
            refuse(begin, "cannot be read: its bytes are no HistoryEvent");
        at_ += length;
        return true;
    }

    std::size_t position() const noexcept override { return at_; }

  private:
    [[noreturn]] void refuse(std::size_t begin, const std::string& why) const {
        throw history_error(history_trouble::malformed,
                            name_ + ": event " + std::to_string(count_) + " (byte " + std::to_string(begin + 1) + ") " + why);
    }

    std::string_view bytes_;
    std::string name_;
    std::size_t at_ = 0;
    std::size_t count_ = 0;
    wire_buffer scratch_;
    event_parts parts_;
};

}  // namespace

std::unique_ptr<event_source> binary_events(std::string_view bytes, std::string name, event_parts parts) {
    return std::make_unique<binary_source>(bytes, std::move(name), parts);
}

std::unique_ptr<event_source> any_events(std::string_view bytes, std::string name, event_parts parts) {
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    // A tag of the binary form may be a line feed; then what follows is a length and no bracket.
    const bool json = first != std::string_view::npos && (bytes[first] == '{' || bytes[first] == '[');
    const bool byte_order_mark = bytes.starts_with("\xEF\xBB\xBF");
    if (byte_order_mark) bytes.remove_prefix(3);
    const bool binary = !json && !byte_order_mark && !bytes.empty() && static_cast<std::uint8_t>(bytes[0]) == events_tag;
    return binary ? binary_events(bytes, std::move(name), parts) : json_events(bytes, std::move(name), parts);
}

}  // namespace perdure::detail
