#include "api/json_quick.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include "api/json_cursor.hpp"

namespace perdure::detail {
namespace {

class quick_reader {
  public:
    explicit quick_reader(std::string_view text) : from_(text) {}

    [[nodiscard]] bool read(json_value& into, std::size_t depth_left) {
        from_.spaces();
        switch (from_.peek()) {
            case '"': {
                std::string_view text;
                if (!from_.plain_text(text)) return false;
                into = json_value{std::string(text)};
                return true;
            }
            case '{':
                return depth_left > 0 && read_object(into, depth_left - 1);
            case '[':
                return depth_left > 0 && read_list(into, depth_left - 1);
            case 't':
                return from_.take("true") && (into = json_value{true}, true);
            case 'f':
                return from_.take("false") && (into = json_value{false}, true);
            case 'n':
                return from_.take("null") && (into = json_value{}, true);
            default:
                return read_number(into);
        }
    }

    [[nodiscard]] std::size_t position() {
        from_.spaces();
        return from_.position();
    }

  private:
    [[nodiscard]] bool take(char wanted) {
        from_.spaces();
        return from_.take(wanted);
    }

    // The kinds of numbers are told apart as the thorough parser does it: negative ones are signed.
    [[nodiscard]] bool read_number(json_value& into) {
        constexpr std::size_t most_digits = 18;
        std::string_view raw;
        bool whole = false;
        if (!from_.number(raw, whole) || !whole) return false;
        const bool negative = raw.front() == '-';
        if (raw.size() - (negative ? 1 : 0) > most_digits) return false;
        std::int64_t value = 0;
        std::from_chars(raw.data(), raw.data() + raw.size(), value);
        into = negative ? json_value{value} : json_value{static_cast<std::uint64_t>(value)};
        return true;
    }

    [[nodiscard]] bool read_object(json_value& into, std::size_t depth_left) {
        json_value::object members;
        if (!from_.take('{')) return false;
        if (!take('}')) {
            do {
                from_.spaces();
                std::string_view name;
                if (!from_.plain_text(name) || !take(':')) return false;
                auto& member = members.emplace_back();
                member.name = name;
                if (!read(member.value, depth_left)) return false;
            } while (take(','));
            if (!take('}')) return false;
        }
        into = json_value{std::move(members)};
        return true;
    }

    [[nodiscard]] bool read_list(json_value& into, std::size_t depth_left) {
        json_value::list items;
        if (!from_.take('[')) return false;
        if (!take(']')) {
            do {
                if (!read(items.emplace_back(), depth_left)) return false;
            } while (take(','));
            if (!take(']')) return false;
        }
        into = json_value{std::move(items)};
        return true;
    }

    json_cursor from_;
};

}  // namespace

std::optional<json_value> quick_json(std::string_view text, std::size_t max_depth) {
    quick_reader reader(text);
    std::optional<json_value> value(std::in_place);
    if (!reader.read(*value, max_depth) || reader.position() != text.size()) return std::nullopt;
    return value;
}

}  // namespace perdure::detail
