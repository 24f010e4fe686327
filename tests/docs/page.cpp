#include "tests/docs/page.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace perdure::docs {
namespace {

namespace fs = std::filesystem;

const fs::path root{PERDURE_SOURCE_DIR};

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

bool marks(const std::string& line, const std::string& region) {
    const auto begin = line.find_first_not_of(' ');
    return begin != std::string::npos && line.substr(begin) == "// [" + region + "]";
}

}  // namespace

bool block::has_word(std::string_view word) const { return std::ranges::find(words, word) != words.end(); }

std::string block::text() const { return joined(lines); }

std::vector<block> blocks_of(const std::string& page) {
    std::vector<block> found;
    bool inside = false;
    std::size_t number = 0;
    for (const std::string& line : lines_of(page)) {
        ++number;
        if (!line.starts_with("```")) {
            if (inside) found.back().lines.push_back(line);
            continue;
        }
        inside = !inside;
        if (!inside) continue;
        found.push_back({.page = page, .line = number, .words = {}, .lines = {}});
        std::istringstream info(line.substr(3));
        for (std::string word; info >> word;) found.back().words.push_back(word);
    }
    if (inside) throw std::runtime_error(page + ": its last fence is not closed");
    return found;
}

std::vector<std::string> pages() {
    std::vector<std::string> found{"README.md"};
    for (const char* folder : {"docs", "examples"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.path().extension() == ".md") found.push_back(fs::relative(entry.path(), root).generic_string());
    std::ranges::sort(found);
    return found;
}

std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream in(root / file);
    if (!in) throw std::runtime_error("there is no " + file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string source_text(const std::string& name) {
    const auto hash = name.find('#');
    const std::vector<std::string> lines = lines_of(name.substr(0, hash));
    if (hash == std::string::npos) return joined(lines);
    const std::string region = name.substr(hash + 1);
    const auto is_mark = [&](const std::string& line) { return marks(line, region); };
    const auto begin = std::ranges::find_if(lines, is_mark);
    const auto end = begin == lines.end() ? begin : std::find_if(begin + 1, lines.end(), is_mark);
    if (end == lines.end()) throw std::runtime_error("two lines \"// [" + region + "]\" are missing in " + name.substr(0, hash));
    return joined({begin + 1, end});
}

}  // namespace perdure::docs
