#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace perdure::tidy {

/// One file of the repository, whole.
struct file {
    std::string path;  ///< relative to the root, with '/'
    std::vector<std::string> lines;

    [[nodiscard]] bool has_suffix(std::string_view suffix) const { return path.ends_with(suffix); }
    [[nodiscard]] bool is_code() const { return has_suffix(".cpp") || has_suffix(".hpp"); }
    [[nodiscard]] bool under(std::string_view folder) const { return path.starts_with(folder); }
};

/// Every text file of the source tree; build trees, copied data and version control are left out. Read once.
const std::vector<file>& files();

/// The quoted and angled include names of a file, as written.
std::vector<std::string> includes(const file& of);

/// "path:line: sentence", the form in which every rule reports.
std::string at(const file& where, std::size_t line, std::string_view sentence);

}  // namespace perdure::tidy
