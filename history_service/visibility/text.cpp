#include "history_service/visibility/text.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "api/iso_time.hpp"

namespace perdure::history {

namespace {

// UTC with nine digits of a second: the order of such texts is the order of their times.
std::string sortable_time(wall_time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss<std::chrono::nanoseconds> clock{time - day};
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%09dZ", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                   static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    struct unit {
        std::string_view name;
        double nanoseconds;
    };
    static constexpr std::array<unit, 7> units{
        {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}}};
    if (text.empty()) return std::nullopt;
    double total = 0;
    while (!text.empty()) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
        if (error != std::errc{} || number < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const unit* found = nullptr;
        for (const unit& u : units)
            if (text.starts_with(u.name) && (!found || u.name.size() > found->name.size())) found = &u;
        if (!found) return std::nullopt;
        text.remove_prefix(found->name.size());
        total += number * found->nanoseconds;
    }
    if (total >= 9.2e18) return std::nullopt;
    return std::chrono::nanoseconds{static_cast<std::int64_t>(total)};
}

std::string comparable_text(std::string text) {
    if (const auto time = from_rfc3339(text)) return sortable_time(*time);
    return text;
}

}  // namespace perdure::history
