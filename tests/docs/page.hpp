#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace perdure::docs {

/// A fenced block of a page: "```cpp examples/hello/hello.hpp" has the words cpp and examples/hello/hello.hpp.
struct block {
    std::string page;
    std::size_t line = 0;
    std::vector<std::string> words;
    std::vector<std::string> lines;

    [[nodiscard]] std::string kind() const { return words.empty() ? std::string() : words[0]; }
    [[nodiscard]] bool has_word(std::string_view word) const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string where() const { return page + ":" + std::to_string(line); }
};

/// The fenced blocks of a page, in their order. Pages are named from the repository's root.
std::vector<block> blocks_of(const std::string& page);

/// Every page that people read: README.md, docs/ and the examples' own.
std::vector<std::string> pages();

/// The lines of a file, named from the repository's root; throws std::runtime_error when there is none.
std::vector<std::string> lines_of(const std::string& file);

/// What a block that names "FILE" or "FILE#REGION" has to show. A region lies between two lines `// [REGION]`.
/// Throws std::runtime_error when there is no such file or region.
std::string source_text(const std::string& name);

}  // namespace perdure::docs
