#include "api/json_moment.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>

#include "api/time_convert.hpp"

namespace perdure::detail {
namespace {

constexpr std::int64_t first_second = -62'135'596'800;  // of the year 1
constexpr std::int64_t first_day = first_second / 86'400;
constexpr std::int64_t last_second = 253'402'300'799;  // of the year 9999

/// A number of `width` digits; -1 for anything else.
int fixed(std::string_view text, std::size_t at, std::size_t width) noexcept {
    int value = 0;
    for (std::size_t i = at; i < at + width; ++i) {
        const int digit = text[i] - '0';
        if (digit < 0 || digit > 9) return -1;
        value = value * 10 + digit;
    }
    return value;
}

/// Takes up to nine digits off the front, as nanoseconds; -1 when there are none.
std::int32_t take_fraction(std::string_view& text) noexcept {
    std::int32_t nanos = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        if (digits == 9) return -1;
        nanos = nanos * 10 + (text[digits] - '0');
    }
    if (digits == 0) return -1;
    text.remove_prefix(digits);
    for (; digits < 9; ++digits) nanos *= 10;
    return nanos;
}

/// `value` with at least `width` digits.
void put_digits(std::string& out, std::int64_t value, std::size_t width) {
    std::array<char, 20> digits;
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const auto size = static_cast<std::size_t>(end - digits.data());
    if (size < width) out.append(width - size, '0');
    out.append(digits.data(), size);
}

/// Three, six or nine decimals; none for whole seconds.
void put_fraction(std::string& out, std::int32_t nanos) {
    if (nanos == 0) return;
    out += '.';
    if (nanos % 1'000'000 == 0) return put_digits(out, nanos / 1'000'000, 3);
    if (nanos % 1000 == 0) return put_digits(out, nanos / 1000, 6);
    put_digits(out, nanos, 9);
}

}  // namespace

std::string write_time(json_moment moment) {
    const std::int64_t since_first = moment.seconds - first_second;
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(since_first / 86'400 + first_day))};
    const std::int64_t second = since_first % 86'400;
    std::string text;
    text.reserve(std::string_view("2026-01-31T08:30:00.123456789Z").size());
    put_digits(text, static_cast<int>(date.year()), 4);
    text += '-';
    put_digits(text, static_cast<unsigned>(date.month()), 2);
    text += '-';
    put_digits(text, static_cast<unsigned>(date.day()), 2);
    text += 'T';
    put_digits(text, second / 3600, 2);
    text += ':';
    put_digits(text, second / 60 % 60, 2);
    text += ':';
    put_digits(text, second % 60, 2);
    put_fraction(text, moment.nanos);
    text += 'Z';
    return text;
}

std::string write_span(json_moment span) {
    std::string text;
    if (span.seconds < 0 || span.nanos < 0) text += '-';
    put_digits(text, std::abs(span.seconds), 1);
    put_fraction(text, std::abs(span.nanos));
    text += 's';
    return text;
}

std::optional<json_moment> read_time(std::string_view text) noexcept {
    constexpr std::size_t whole = std::string_view("2026-01-31T08:30:00").size();
    if (text.size() <= whole || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') {
        return std::nullopt;
    }
    const int year = fixed(text, 0, 4);
    const int month = fixed(text, 5, 2);
    const int day = fixed(text, 8, 2);
    const int hour = fixed(text, 11, 2);
    const int minute = fixed(text, 14, 2);
    const int second = fixed(text, 17, 2);
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (year < 1 || month < 0 || day < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 59) {
        return std::nullopt;
    }
    text.remove_prefix(whole);
    json_moment moment;
    if (text.front() == '.') {
        text.remove_prefix(1);
        moment.nanos = take_fraction(text);
        if (moment.nanos < 0 || text.empty()) return std::nullopt;
    }
    moment.seconds =
        std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86'400 + hour * 3600 + minute * 60 + second;
    if (text == "Z") return moment;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const int hours = fixed(text, 1, 2);
    const int minutes = fixed(text, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    moment.seconds += (text[0] == '+' ? -1 : 1) * (hours * 3600 + minutes * 60);
    if (moment.seconds < first_second || moment.seconds > last_second) return std::nullopt;
    return moment;
}

std::optional<json_moment> read_span(std::string_view text) noexcept {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (!text.ends_with('s')) return std::nullopt;
    text.remove_suffix(1);
    json_moment moment;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        if (digits == 12) return std::nullopt;
        moment.seconds = moment.seconds * 10 + (text[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        moment.nanos = take_fraction(text);
        if (moment.nanos < 0) return std::nullopt;
    }
    if (!text.empty() || moment.seconds >= max_duration_seconds) return std::nullopt;
    if (negative) moment = {-moment.seconds, -moment.nanos};
    return moment;
}

}  // namespace perdure::detail
