#include "api/iso_time.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace perdure {
namespace {

using std::chrono::nanoseconds;
constexpr std::int64_t nanos_per_second = 1'000'000'000;

/// ".25", or nothing: the decimals of a second without trailing zeros, in groups of `group`.
std::string decimals(std::int64_t nanos, std::size_t group) {
    if (nanos == 0) return {};
    std::string digits = std::to_string(nanos);
    digits.insert(0, 9 - digits.size(), '0');
    while (digits.size() >= group && digits.find_first_not_of('0', digits.size() - group) == std::string::npos) {
        digits.resize(digits.size() - group);
    }
    return '.' + digits;
}

/// Takes digits off the front; none if there are none or more than `most`.
std::optional<std::uint64_t> take_digits(std::string_view& text, std::size_t most, std::size_t* count = nullptr) {
    std::uint64_t value = 0;
    std::size_t used = 0;
    while (used < text.size() && text[used] >= '0' && text[used] <= '9') {
        if (used == most) return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(text[used++] - '0');
    }
    if (used == 0) return std::nullopt;
    if (count != nullptr) *count = used;
    text.remove_prefix(used);
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

/// Decimals after the point, as nanoseconds.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
    std::size_t count = 0;
    const auto digits = take_digits(text, 9, &count);
    if (!digits) return std::nullopt;
    auto nanos = static_cast<std::int64_t>(*digits);
    for (; count < 9; ++count) nanos *= 10;
    return nanos;
}

std::optional<int> take_fixed(std::string_view& text, std::size_t width) {
    if (text.size() < width) return std::nullopt;
    std::string_view part = text.substr(0, width);
    std::size_t used = 0;
    const auto value = take_digits(part, width, &used);
    if (!value || used != width) return std::nullopt;
    text.remove_prefix(width);
    return static_cast<int>(*value);
}

/// `Z` or an offset of hours and minutes, in minutes.
std::optional<int> take_offset(std::string_view& text) {
    if (take(text, 'Z') || take(text, 'z')) return 0;
    const bool negative = text.starts_with('-');
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    const auto hours = take_fixed(text, 2);
    if (!take(text, ':')) return std::nullopt;
    const auto minutes = take_fixed(text, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const int offset = *hours * 60 + *minutes;
    return negative ? -offset : offset;
}

}  // namespace

std::string to_iso_duration(nanoseconds duration) {
    const bool negative = duration.count() < 0;
    // Unsigned, so that the smallest value has an absolute one.
    const auto count = static_cast<std::uint64_t>(duration.count());
    const std::uint64_t nanos = negative ? ~count + 1 : count;
    const std::uint64_t seconds = nanos / static_cast<std::uint64_t>(nanos_per_second);
    const std::string rest = decimals(static_cast<std::int64_t>(nanos % static_cast<std::uint64_t>(nanos_per_second)), 1);
    std::string text = negative ? "-PT" : "PT";
    if (seconds >= 3600) text += std::to_string(seconds / 3600) + 'H';
    if (seconds / 60 % 60 != 0) text += std::to_string(seconds / 60 % 60) + 'M';
    if (seconds % 60 != 0 || !rest.empty() || nanos == 0) text += std::to_string(seconds % 60) + rest + 'S';
    return text;
}

std::optional<nanoseconds> from_iso_duration(std::string_view text) {
    struct unit {
        char letter;
        bool in_time;
        std::int64_t seconds;
    };
    static constexpr std::array<unit, 5> units{
        {{'W', false, 604'800}, {'D', false, 86'400}, {'H', true, 3600}, {'M', true, 60}, {'S', true, 1}}};
    const bool negative = take(text, '-');
    if (!take(text, 'P')) return std::nullopt;
    std::int64_t total = 0;
    bool in_time = false;
    std::size_t next = 0;  // units come in falling order, each once
    bool any = false;
    while (!text.empty()) {
        if (!in_time && take(text, 'T')) {
            in_time = true;
            continue;
        }
        const auto whole = take_digits(text, 12);
        if (!whole) return std::nullopt;
        std::int64_t fraction = 0;
        const bool has_fraction = take(text, '.') || take(text, ',');
        if (has_fraction) {
            const auto nanos = take_fraction(text);
            if (!nanos) return std::nullopt;
            fraction = *nanos;
        }
        if (text.empty()) return std::nullopt;
        while (next < units.size() && (units[next].letter != text.front() || units[next].in_time != in_time)) ++next;
        if (next == units.size() || (has_fraction && units[next].letter != 'S')) return std::nullopt;
        text.remove_prefix(1);
        std::int64_t part = 0;
        if (__builtin_mul_overflow(static_cast<std::int64_t>(*whole), units[next].seconds, &part) ||
            __builtin_mul_overflow(part, nanos_per_second, &part) || __builtin_add_overflow(part, fraction, &part) ||
            __builtin_add_overflow(total, part, &total)) {
            return std::nullopt;
        }
        ++next;
        any = true;
    }
    if (!any) return std::nullopt;
    return nanoseconds(negative ? -total : total);
}

std::string to_rfc3339(wall_time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::int64_t nanos = (time - day).count();
    const std::int64_t seconds = nanos / nanos_per_second;
    std::array<char, 40> text;
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(seconds / 3600),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
    return text.data() + decimals(nanos % nanos_per_second, 3) + 'Z';
}

std::optional<wall_time> from_rfc3339(std::string_view text) {
    const auto year = take_fixed(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_fixed(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_fixed(text, 2);
    if (!day || (!take(text, 'T') && !take(text, 't'))) return std::nullopt;
    const auto hour = take_fixed(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_fixed(text, 2);
    if (!minute || !take(text, ':')) return std::nullopt;
    const auto second = take_fixed(text, 2);
    if (!second) return std::nullopt;
    std::int64_t nanos = 0;
    if (take(text, '.')) {
        const auto fraction = take_fraction(text);
        if (!fraction) return std::nullopt;
        nanos = *fraction;
    }
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    if (*year < 1678 || *year > 2261) return std::nullopt;  // what 64 bits of nanoseconds hold
    return wall_time(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                     std::chrono::minutes(*minute - *offset) + std::chrono::seconds(*second) + nanoseconds(nanos));
}

}  // namespace perdure
