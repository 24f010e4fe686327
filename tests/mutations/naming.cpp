#include "naming.hpp"

#include <charconv>
#include <string_view>

namespace perdure::mutations {
namespace {

bool near(std::size_t line, std::size_t first, std::size_t last) { return line + 1 >= first && line <= last + 1; }

// Whether a text has "FILE:LINE" with a line that was edited.
class finder {
  public:
    finder(const std::string& file, std::size_t first, std::size_t last) : start_(file + ":"), first_(first), last_(last) {}

    [[nodiscard]] bool in(std::string_view text) const {
        for (std::size_t at = text.find(start_); at != std::string_view::npos; at = text.find(start_, at + 1)) {
            std::size_t line = 0;
            const char* digits = text.data() + at + start_.size();
            const auto read = std::from_chars(digits, text.data() + text.size(), line);
            if (read.ec == std::errc() && near(line, first_, last_)) return true;
        }
        return false;
    }

  private:
    std::string start_;
    std::size_t first_;
    std::size_t last_;
};

// A site is "place, from caller".
std::string_view place_of(std::string_view site) { return site.substr(0, site.find(", from ")); }
std::string_view caller_of(std::string_view site) { return site.substr(place_of(site).size()); }

}  // namespace

std::string named_by(const replay_report& report, const touched& lines) {
    const finder was(lines.file, lines.was_first, lines.was_last);
    const finder is(lines.file, lines.is_first, lines.is_last);
    if (!report.found()) return is.in(report.message()) ? "message" : is.in(report.stack()) ? "stack" : "";
    const mismatch& found = *report.found();
    if (was.in(place_of(found.expected_site))) return "recorded line";
    if (is.in(place_of(found.produced_site))) return "produced line";
    for (const mismatch::field& field : found.fields)
        if (is.in(field.site)) return "line of the options";
    if (was.in(caller_of(found.expected_site))) return "recorded caller";
    if (is.in(caller_of(found.produced_site))) return "produced caller";
    if (is.in(found.stack)) return "stack";
    for (const mismatch::line& line : found.lines) {
        if (line.from == mismatch::line::side::recorded && was.in(line.site)) return "sequence";
        if (line.from == mismatch::line::side::produced && is.in(line.site)) return "sequence";
    }
    for (const mismatch& warning : report.warnings())
        if (was.in(warning.expected_site) || is.in(warning.produced_site)) return "warning before";
    return {};
}

}  // namespace perdure::mutations
