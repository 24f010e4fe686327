#include <algorithm>
#include <utility>

#include <perdure/replayer.hpp>

#include "api/json.hpp"
#include "api/json_message.hpp"
#include "sdk/replayer/event_source.hpp"
#include "sdk/replayer/lean_event.hpp"

namespace perdure::detail {
namespace {

// Finds the events in the text; what is inside of one is read by the parsers of messages: by the quick one, which also finds
// the end, or else by the thorough one.
class json_source final : public event_source {
  public:
    json_source(std::string_view text, std::string name, event_parts parts) : text_(text), name_(std::move(name)), parts_(parts) {
        open();
    }

    bool next(pb::history::HistoryEvent& into) override {
        const std::size_t before = at_;
        if (!read_next(into)) return false;
        if (into.event_type() == pb::enums::EVENT_TYPE_UNSPECIFIED && !into.worker_may_ignore()) refuse_type(before);
        return true;
    }

    std::size_t position() const noexcept override { return at_; }

  private:
    bool read_next(pb::history::HistoryEvent& into) {
        if (ended_) return false;
        skip_space();
        if (peek() == ']') return close();
        if (count_ > 0) {
            expect(',', "a comma or the end of the list of events");
            skip_space();
        }
        ++count_;
        const std::size_t begin = at_;
        if (peek() != '{') refuse_here("an event, which is an object");
        if (read_quick_event(into)) return true;
        skip_value();
        const auto value = parse_json(text_.substr(begin, at_ - begin));
        if (!value) refuse(begin, value.error().message);
        const auto read = parse_message(*value, into, how);
        if (!read) refuse(begin, read.error().message);
        return true;
    }

    // A number that the contract does not know is kept; a name cannot be.
    [[noreturn]] void refuse_type(std::size_t before) const {
        const std::size_t begin = text_.find('{', before);
        const auto event = parse_json(text_.substr(begin, at_ - begin));
        const json_value* type = event ? event->find("eventType") : nullptr;
        if (type == nullptr && event) type = event->find("event_type");
        refuse(begin, type == nullptr ? "it has no eventType"
                                      : "its eventType, " + type->describe() +
                                            ", is not known to this version of the SDK, and the event does not say "
                                            "workerMayIgnore; use a newer version");
    }

    static constexpr json_parse_options how{.payload_shorthand = false, .unknown = unknown_fields::ignore};

    bool read_quick_event(pb::history::HistoryEvent& into) {
        wire_.truncate(0);
        const std::size_t read = read_as_wire(text_.substr(at_), *pb::history::HistoryEvent::descriptor(), how, wire_);
        if (read == 0) return false;
        std::string_view event = wire_.bytes();
        if (parts_ == event_parts::replayed) event = lean_event(event, scratch_);
        if (!into.ParseFromArray(event.data(), static_cast<int>(event.size()))) return false;
        at_ += read;
        return true;
    }

    void open() {
        skip_space();
        if (peek() == '[') {
            ++at_;
            return;
        }
        expect('{', "an export: {\"events\": [...]}, or a list of events");
        wrapped_ = true;
        while (true) {
            skip_space();
            if (peek() == '}') refuse_here("the member \"events\" before the end of the object");
            const std::size_t begin = at_;
            if (peek() != '"') refuse_here("a member's name in quotes");
            skip_value();
            const std::string_view member = text_.substr(begin, at_ - begin);
            skip_space();
            expect(':', "a colon behind the member's name");
            skip_space();
            if (member == "\"events\"") {
                expect('[', "the list of events");
                return;
            }
            skip_value();
            skip_space();
            if (peek() == ',') ++at_;
        }
    }

    // Behind the list; whatever else the object has does not matter.
    bool close() {
        ++at_;
        if (wrapped_) {
            skip_space();
            while (peek() == ',' || peek() == '"' || peek() == ':') {
                if (peek() == '"') {
                    skip_value();
                } else {
                    ++at_;
                    skip_space();
                    if (peek() != '"') skip_value();
                }
                skip_space();
            }
            expect('}', "the end of the object");
        }
        skip_space();
        if (at_ != text_.size()) refuse_here("the end of the file");
        ended_ = true;
        return false;
    }

    void skip_space() noexcept {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
    }

    // Strings and brackets are what decides where a value ends.
    void skip_value() {
        const std::size_t begin = at_;
        std::size_t depth = 0;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                skip_string(begin);
            } else if (c == '{' || c == '[') {
                ++depth;
                ++at_;
            } else if (c == '}' || c == ']') {
                if (depth == 0) return;
                --depth;
                ++at_;
            } else if (depth == 0 && (c == ',' || c == ':' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
                return;
            } else {
                ++at_;
                continue;
            }
            if (depth == 0) return;
        }
        if (depth > 0) refuse(begin, "is cut off: the file ends inside of it; copy or export it again");
    }

    void skip_string(std::size_t begin) {
        ++at_;
        while (true) {
            at_ = text_.find_first_of("\"\\", at_);
            if (at_ == std::string_view::npos) {
                at_ = text_.size();
                refuse(begin, "is cut off: the file ends inside of a text; copy or export it again");
            }
            if (text_[at_] == '"') {
                ++at_;
                return;
            }
            at_ = std::min(at_ + 2, text_.size());
        }
    }

    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void expect(char wanted, const char* what) {
        if (peek() != wanted) refuse_here(what);
        ++at_;
    }

    [[noreturn]] void refuse_here(const char* wanted) const {
        const std::string found =
            at_ < text_.size() ? "'" + std::string(1, text_[at_]) + "'" : std::string("the end of the file");
        throw history_error(history_trouble::malformed, name_ + ", " + place(at_) + ": expected " + wanted + ", found " + found);
    }

    [[noreturn]] void refuse(std::size_t begin, const std::string& why) const {
        throw history_error(history_trouble::malformed,
                            name_ + ", " + place(begin) + ": event " + std::to_string(count_) + ": " + why);
    }

    [[nodiscard]] std::string place(std::size_t where) const {
        const auto newlines = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(where), '\n');
        return "line " + std::to_string(newlines + 1) + " (byte " + std::to_string(where + 1) + ")";
    }

    std::string_view text_;
    std::string name_;
    std::size_t at_ = 0;
    std::size_t count_ = 0;
    bool wrapped_ = false;
    bool ended_ = false;
    wire_buffer wire_;
    wire_buffer scratch_;
    event_parts parts_;
};

}  // namespace

std::unique_ptr<event_source> json_events(std::string_view text, std::string name, event_parts parts) {
    return std::make_unique<json_source>(text, std::move(name), parts);
}

}  // namespace perdure::detail
