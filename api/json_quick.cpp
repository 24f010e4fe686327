#include "api/json_quick.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace perdure::detail {
namespace {

class quick_reader {
  public:
    explicit quick_reader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    [[nodiscard]] bool read(json_value& into, std::size_t depth_left) {
        skip_space();
        if (at_ == end_) return false;
        switch (*at_) {
            case '"': {
                std::string text;
                if (!read_text(text)) return false;
                into = json_value{std::move(text)};
                return true;
            }
            case '{':
                return depth_left > 0 && read_object(into, depth_left - 1);
            case '[':
                return depth_left > 0 && read_list(into, depth_left - 1);
            case 't':
                return read_word("true") && (into = json_value{true}, true);
            case 'f':
                return read_word("false") && (into = json_value{false}, true);
            case 'n':
                return read_word("null") && (into = json_value{}, true);
            default:
                return read_number(into);
        }
    }

    [[nodiscard]] bool at_end() {
        skip_space();
        return at_ == end_;
    }

  private:
    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
    }

    [[nodiscard]] bool take(char wanted) {
        skip_space();
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }

    [[nodiscard]] bool read_word(std::string_view word) {
        if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }

    [[nodiscard]] bool read_text(std::string& into) {
        const char* const begin = ++at_;
        while (at_ != end_) {
            const auto byte = static_cast<unsigned char>(*at_);
            if (byte == '"') {
                into.assign(begin, at_);
                ++at_;
                return true;
            }
            if (byte < 0x20 || byte >= 0x80 || byte == '\\') return false;
            ++at_;
        }
        return false;
    }

    // The kinds of numbers are told apart as the thorough parser does it: negative ones are signed.
    [[nodiscard]] bool read_number(json_value& into) {
        const bool negative = *at_ == '-';
        if (negative) ++at_;
        const char* const begin = at_;
        std::uint64_t value = 0;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9') value = value * 10 + static_cast<std::uint64_t>(*at_++ - '0');
        const auto digits = at_ - begin;
        if (digits == 0 || digits > 18 || (digits > 1 && *begin == '0')) return false;
        if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
        into = negative ? json_value{-static_cast<std::int64_t>(value)} : json_value{value};
        return true;
    }

    [[nodiscard]] bool read_object(json_value& into, std::size_t depth_left) {
        ++at_;
        json_value::object members;
        if (!take('}')) {
            do {
                skip_space();
                if (at_ == end_ || *at_ != '"') return false;
                auto& member = members.emplace_back();
                if (!read_text(member.name) || !take(':') || !read(member.value, depth_left)) return false;
            } while (take(','));
            if (!take('}')) return false;
        }
        into = json_value{std::move(members)};
        return true;
    }

    [[nodiscard]] bool read_list(json_value& into, std::size_t depth_left) {
        ++at_;
        json_value::list items;
        if (!take(']')) {
            do {
                if (!read(items.emplace_back(), depth_left)) return false;
            } while (take(','));
            if (!take(']')) return false;
        }
        into = json_value{std::move(items)};
        return true;
    }

    const char* at_;
    const char* end_;
};

}  // namespace

std::optional<json_value> quick_json(std::string_view text, std::size_t max_depth) {
    quick_reader reader(text);
    std::optional<json_value> value(std::in_place);
    if (!reader.read(*value, max_depth) || !reader.at_end()) return std::nullopt;
    return value;
}

}  // namespace perdure::detail
