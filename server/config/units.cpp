#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>

#include "server/config/config_file.hpp"

namespace perdure::server {
namespace {

struct unit {
    std::string_view suffix;
    std::int64_t factor;
};

constexpr std::array durations{unit{"ms", 1}, unit{"s", 1'000}, unit{"m", 60'000}, unit{"h", 3'600'000}, unit{"d", 86'400'000}};
constexpr std::array sizes{unit{"", 1}, unit{"B", 1}, unit{"KiB", 1LL << 10U}, unit{"MiB", 1LL << 20U}, unit{"GiB", 1LL << 30U}};

template <std::size_t Size>
result<std::int64_t> parse(std::string_view text, const std::array<unit, Size>& units, const char* wanted) {
    const auto refuse = [&](const char* why) {
        return service_failure{status_code::invalid_argument,
                               "\"" + std::string(text) + "\" " + why + "; write it like " + wanted};
    };
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return refuse("does not begin with a whole number");
    if (number < 0) return refuse("is negative");
    const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const auto found = std::ranges::find(units, suffix, &unit::suffix);
    if (found == units.end()) return refuse(suffix.empty() ? "has no unit" : "has an unknown unit");
    if (number > std::numeric_limits<std::int64_t>::max() / found->factor) return refuse("is too large");
    return number * found->factor;
}

}  // namespace

result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    auto parsed = parse(text, durations, "\"500ms\", \"30s\", \"5m\" or \"2h\"");
    if (!parsed) return std::move(parsed.error());
    return std::chrono::milliseconds(*parsed);
}

result<std::size_t> parse_size(std::string_view text) {
    auto parsed = parse(text, sizes, "\"4096\", \"16KiB\" or \"4MiB\"");
    if (!parsed) return std::move(parsed.error());
    return static_cast<std::size_t>(*parsed);
}

std::string_view nearest_name(std::string_view word, const std::vector<std::string_view>& candidates) {
    std::string_view best;
    std::size_t best_edits = std::max<std::size_t>(2, word.size() / 3) + 1;
    std::vector<std::size_t> row;
    for (const std::string_view candidate : candidates) {
        row.resize(candidate.size() + 1);
        std::iota(row.begin(), row.end(), std::size_t{0});
        for (std::size_t i = 1; i <= word.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                const std::size_t replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0U : 1U);
                diagonal = row[j];
                row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
            }
        }
        if (row.back() < best_edits) {
            best_edits = row.back();
            best = candidate;
        }
    }
    return best;
}

}  // namespace perdure::server
