#include "edit.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace perdure::mutations {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error(file.string() + " cannot be read");
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// What follows "Key: ", or nothing.
bool take(const std::string& line, const std::string& key, std::string& into) {
    if (!line.starts_with(key + ": ")) return false;
    into = line.substr(key.size() + 2);
    return true;
}

std::string main_file(const std::string& source) { return source + ".workflow.cpp"; }

std::size_t only_place(const std::vector<std::string>& text, const hunk& part, const std::string& name) {
    std::size_t place = text.size();
    for (auto from = text.begin();;) {
        const auto found = std::search(from, text.end(), part.before.begin(), part.before.end());
        if (found == text.end()) break;
        if (place != text.size()) throw std::runtime_error(name + ": its lines are in " + part.file + " more than once");
        place = static_cast<std::size_t>(found - text.begin());
        from = found + 1;
    }
    if (part.before.empty() || place == text.size())
        throw std::runtime_error(name + ": its lines are not in " + part.file + "; the source has changed, change the edit too");
    return place;
}

}  // namespace

std::vector<edit> read_edits(const std::string& file) {
    const std::string name = fs::path(file).filename().string();
    const std::string source = name.substr(0, name.find('_'));
    std::vector<edit> edits;
    enum class part { head, before, after } at = part::head;
    std::size_t number = 0;
    for (const std::string& line : lines_of(file)) {
        ++number;
        const auto refuse = [&](const std::string& why) {
            throw std::runtime_error(file + ":" + std::to_string(number) + ": " + why);
        };
        if (line.starts_with("=== ")) {
            edits.push_back({.name = line.substr(4), .source = source});
            at = part::head;
            continue;
        }
        if (edits.empty()) continue;
        edit& now = edits.back();
        if (line == "---" || line.starts_with("--- ")) {
            now.hunks.push_back({.file = line == "---" ? main_file(source) : line.substr(4)});
            at = part::before;
        } else if (line == "+++" && at == part::before) {
            at = part::after;
        } else if (at != part::head) {
            (at == part::before ? now.hunks.back().before : now.hunks.back().after).push_back(line);
        } else if (std::string level; take(line, "Level", level)) {
            now.level = level == "0" ? 0 : level == "1" ? 1 : level == "2" ? 2 : -1;
            if (now.level < 0) refuse("a level is 0, 1 or 2");
        } else if (!take(line, "What", now.what) && !take(line, "History", now.story) && !take(line, "Number", now.number)) {
            refuse("expected What, History, Level, Number or the line ---");
        }
    }
    // The blank line before the next edit belongs to nobody.
    for (edit& each : edits)
        for (hunk& part : each.hunks)
            while (!part.after.empty() && part.after.back().empty()) part.after.pop_back();
    return edits;
}

sources read_sources(const std::string& root, const std::string& source) {
    const bool order = source == "order";
    const fs::path folder = fs::path(root) / (order ? "examples/order_orchestration" : "tests/mutations/club");
    sources files;
    for (const std::string& name : order ? std::vector<std::string>{"contracts.hpp", "order.workflow.hpp", main_file(source)}
                                         : std::vector<std::string>{"club.hpp", main_file(source)})
        files[name] = lines_of(folder / name);
    return files;
}

touched apply(const edit& change, sources& files) {
    touched first;
    for (const hunk& part : change.hunks) {
        if (!files.contains(part.file)) throw std::runtime_error(change.name + ": there is no file " + part.file);
        std::vector<std::string>& text = files[part.file];
        const std::size_t place = only_place(text, part, change.name);
        std::size_t head = 0;
        while (head < part.before.size() && head < part.after.size() && part.before[head] == part.after[head]) ++head;
        std::size_t tail = 0;
        while (head + tail < part.before.size() && head + tail < part.after.size() &&
               part.before[part.before.size() - 1 - tail] == part.after[part.after.size() - 1 - tail])
            ++tail;
        if (first.file.empty()) {
            const std::size_t line = place + head + 1;
            first = {.file = part.file,
                     .was_first = line,
                     .was_last = line + part.before.size() - head - tail - 1,
                     .is_first = line,
                     .is_last = line + part.after.size() - head - tail - 1};
        }
        const auto begin = text.begin() + static_cast<std::ptrdiff_t>(place);
        const auto at = text.erase(begin, begin + static_cast<std::ptrdiff_t>(part.before.size()));
        text.insert(at, part.after.begin(), part.after.end());
    }
    return first;
}

}  // namespace perdure::mutations
