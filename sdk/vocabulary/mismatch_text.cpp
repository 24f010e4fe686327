#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "api/json_writer.hpp"
#include "perdure/mismatch.hpp"

namespace perdure {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> titles{{
    {"PD-1001", "the code makes another command than the history has"},
    {"PD-1002", "the code makes a command that the history does not have"},
    {"PD-1003", "the code does not make a command that the history has"},
    {"PD-1004", "the workflow ends in another way or at another place"},
    {"PD-1005", "a command has other arguments"},
    {"PD-1006", "a command has other options"},
    {"PD-1007", "the declared state of the workflow differs"},
    {"PD-1008", "the history was written by a newer SDK"},
    {"PD-1009", "the history has an event that cannot be replayed"},
    {"PD-1010", "workflow code failed its task"},
    {"PD-1011", "the history is not whole"},
    {"PD-1012", "a payload does not decode"},
    {"PD-1013", "the workflow type is not registered"},
    {"PD-1014", "workflow code did what differs at each replay"},
}};

constexpr std::size_t longest_value = 400;

std::string cut(std::string_view text) {
    if (text.size() <= longest_value) return std::string(text);
    std::size_t end = longest_value;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string(text.substr(0, end)) + "... (" + std::to_string(text.size()) + " bytes)";
}

std::string with_site(const std::string& what, const std::string& site, std::string_view nothing) {
    std::string text = what.empty() ? std::string(nothing) : what;
    if (!site.empty()) text += " at " + site;
    return text;
}

std::string line_text(const mismatch::line& line) {
    const char mark = line.from == mismatch::line::side::both ? ' ' : line.from == mismatch::line::side::recorded ? '-' : '+';
    std::string id = line.event_id == 0 ? std::string() : std::to_string(line.event_id);
    id.insert(0, id.size() < 5 ? 5 - id.size() : 0, ' ');
    return std::string("  ") + mark + id + "  " + with_site(line.text, line.site, "") + "\n";
}

}  // namespace

std::string_view title_of(std::string_view number) noexcept {
    const auto* const found = std::find_if(titles.begin(), titles.end(), [&](const auto& row) { return row.first == number; });
    return found == titles.end() ? std::string_view() : found->second;
}

std::string summary_of(const mismatch& found) {
    // Says nothing about the code: the history is what cannot be used.
    if (found.number == "PD-1009")
        return "the history cannot be replayed: event " + std::to_string(found.event_id) + ", " + found.expected + " (PD-1009).";
    std::string text = "the code no longer fits the history at event " + std::to_string(found.event_id) + ": recorded is " +
                       with_site(found.expected, found.expected_site, "nothing more") + ", the code made " +
                       with_site(found.produced, found.produced_site, "no command");
    for (const mismatch::field& field : found.fields)
        text += "; " + field.name + " was " + cut(field.recorded) + " and is " + cut(field.produced);
    if (!found.cause.empty()) text += ". Likely cause: " + found.cause;
    text += ". Guard the change with a patch, or deploy the code that wrote it";
    return text + (found.number.empty() ? "." : " (" + found.number + ").");
}

std::string report_of(const mismatch& found) {
    std::string text = found.number + ": " + std::string(title_of(found.number)) + "\n";
    text += "  at event  " + std::to_string(found.event_id) + "\n";
    text += "  recorded  " + with_site(found.expected, found.expected_site, "nothing more") + "\n";
    text += "  produced  " + with_site(found.produced, found.produced_site, "no command") + "\n";
    if (!found.fields.empty()) text += "\nWhat differs:\n";
    for (const mismatch::field& field : found.fields)
        text += "  " + with_site(field.name, field.site, "") + "\n    - " + cut(field.recorded) + "\n    + " +
                cut(field.produced) + "\n";
    if (!found.lines.empty()) text += "\nCommands (- recorded, + produced):\n";
    for (const mismatch::line& line : found.lines) text += line_text(line);
    if (!found.stack.empty()) text += "\nCoroutines:\n" + found.stack + (found.stack.back() == '\n' ? "" : "\n");
    if (!found.cause.empty()) text += "\nLikely cause: " + found.cause + ".\n";
    return text;
}

std::string json_of(const mismatch& found) {
    std::string text;
    json_writer json(text);
    const auto member = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        json.key(name);
        json.text(value);
    };
    json.begin_object();
    member("number", found.number);
    member("title", title_of(found.number));
    json.key("eventId");
    json.number(found.event_id);
    member("recorded", found.expected);
    member("recordedSite", found.expected_site);
    member("produced", found.produced);
    member("producedSite", found.produced_site);
    member("likelyCause", found.cause);
    member("stack", found.stack);
    if (!found.lines.empty()) {
        json.key("commands");
        json.begin_list();
        for (const mismatch::line& line : found.lines) {
            json.begin_object();
            constexpr std::array<std::string_view, 3> sides{"both", "recorded", "produced"};
            member("from", sides[static_cast<std::size_t>(line.from)]);
            if (line.event_id != 0) {
                json.key("eventId");
                json.number(line.event_id);
            }
            member("text", line.text);
            member("site", line.site);
            json.end_object();
        }
        json.end_list();
    }
    if (!found.fields.empty()) {
        json.key("fields");
        json.begin_list();
        for (const mismatch::field& field : found.fields) {
            json.begin_object();
            member("name", field.name);
            json.key("recorded");
            json.text(field.recorded);
            json.key("produced");
            json.text(field.produced);
            member("site", field.site);
            json.end_object();
        }
        json.end_list();
    }
    json.end_object();
    return text;
}

}  // namespace perdure
