#include "tests/conformance/known_differences.hpp"

#include <fstream>

namespace perdure::conformance {

bool matches_pattern(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

const known_difference* known_differences::explain(const difference& found, const difference_site& site) const {
    const auto fits = [](const std::string& pattern, std::string_view text) {
        return pattern.empty() || matches_pattern(pattern, text);
    };
    for (const auto& entry : entries_) {
        if (fits(entry.file, site.file) && fits(entry.where, found.where) && fits(entry.expected, found.expected) &&
            fits(entry.actual, found.actual) && fits(entry.request, site.request) &&
            (entry.after_request_over_bytes == 0 || site.largest_request_bytes > entry.after_request_over_bytes)) {
            return &entry;
        }
    }
    return nullptr;
}

result<known_differences> load_known_differences(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) return service_failure{status_code::not_found, "cannot open " + file.string()};
    std::vector<known_difference> entries;
    try {
        for (const auto& value : json::parse(in)) {
            known_difference entry;
            entry.file = value.value("file", std::string{});
            entry.where = value.value("where", std::string{});
            entry.expected = value.value("expected", std::string{});
            entry.actual = value.value("actual", std::string{});
            entry.request = value.value("request", std::string{});
            entry.after_request_over_bytes = value.value("after_request_over_bytes", std::size_t{0});
            entry.stop = value.value("stop", false);
            entry.why = value.at("why").get<std::string>();
            entries.push_back(std::move(entry));
        }
    } catch (const json::exception& error) {
        return service_failure{status_code::invalid_argument, file.string() + ": " + error.what()};
    }
    return known_differences(std::move(entries));
}

}  // namespace perdure::conformance
