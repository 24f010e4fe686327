#include "tests/tidy/tree.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace perdure::tidy {
namespace {

namespace fs = std::filesystem;

bool is_text(const fs::path& path) {
    static constexpr std::array<std::string_view, 13> kinds{".cpp", ".hpp",  ".proto", ".md",   ".txt",   ".cmake", ".py",
                                                            ".sh",  ".toml", ".yml",   ".json", ".jsonl", ".tsv"};
    const std::string extension = path.extension().string();
    return std::ranges::find(kinds, extension) != kinds.end() || path.filename() == "dev" || path.filename() == "run";
}

bool is_skipped(const std::string& relative) {
    return relative.starts_with("build") || relative.starts_with(".git/") || relative.starts_with(".cache") ||
           relative.starts_with("tests/data/") || relative.starts_with("tests/conformance/transcripts/") ||
           relative.starts_with("tests/fuzz/corpus/");
}

std::vector<file> read_all() {
    const fs::path root{PERDURE_SOURCE_DIR};
    std::vector<file> found;
    for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
        const std::string relative = fs::relative(entry->path(), root).generic_string();
        if (entry->is_directory() && (relative == "build" || relative == ".git" || is_skipped(relative + "/"))) {
            entry.disable_recursion_pending();
            continue;
        }
        if (!entry->is_regular_file() || is_skipped(relative) || !is_text(entry->path())) continue;
        file read{.path = relative, .lines = {}};
        std::ifstream in(entry->path());
        for (std::string line; std::getline(in, line);) read.lines.push_back(line);
        found.push_back(std::move(read));
    }
    std::ranges::sort(found, {}, &file::path);
    return found;
}

}  // namespace

const std::vector<file>& files() {
    static const std::vector<file> all = read_all();
    return all;
}

std::vector<std::string> includes(const file& of) {
    std::vector<std::string> names;
    for (const std::string& line : of.lines) {
        if (!line.starts_with("#include ")) continue;
        const auto open = line.find_first_of("\"<", 9);
        const auto close = line.find_first_of("\">", open + 1);
        if (open != std::string::npos && close != std::string::npos) names.push_back(line.substr(open + 1, close - open - 1));
    }
    return names;
}

std::string at(const file& where, std::size_t line, std::string_view sentence) {
    return where.path + ":" + std::to_string(line) + ": " + std::string(sentence) + "\n";
}

}  // namespace perdure::tidy
