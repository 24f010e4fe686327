#include "bench/stage/metrics_text.hpp"

#include <charconv>

namespace perdure::bench {

std::map<std::string, double> sums_of_metrics(std::string_view text) {
    std::map<std::string, double> sums;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const auto name = line.substr(0, line.find_first_of("{ "));
        const auto blank = line.find(' ', line.find('}') == std::string_view::npos ? 0 : line.rfind('}'));
        if (name.empty() || name.starts_with('#') || blank == std::string_view::npos) continue;
        double value = 0;
        const std::string_view number = line.substr(blank + 1);
        if (std::from_chars(number.data(), number.data() + number.size(), value).ec != std::errc()) continue;
        sums[std::string(name)] += value;
        if (blank > name.size()) sums[std::string(line.substr(0, blank))] = value;
    }
    return sums;
}

}  // namespace perdure::bench
