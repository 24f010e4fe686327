#pragma once

#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace perdure::mutations {

/// What an edit replaces in one file. Both texts may have unchanged lines around what they change.
struct hunk {
    std::string file;  // without its folder
    std::vector<std::string> before;
    std::vector<std::string> after;
};

/// An edit of a workflow, as a block of a file in tests/mutations/edits says it. See tests/mutations/README.md.
struct edit {
    std::string name;
    std::string source;  // "order" or "club"
    std::string what;    // for people
    std::string story;   // the history that it must not fit; empty for an edit that must stay quiet
    int level = 0;       // the lowest level at which it is an error
    std::string number;
    std::vector<hunk> hunks;

    [[nodiscard]] bool quiet() const noexcept { return story.empty(); }
    [[nodiscard]] std::string full_name() const { return source + "_" + name; }
    friend std::ostream& operator<<(std::ostream& out, const edit& one) { return out << one.full_name(); }
};

/// Reads one file of edits; its name begins with the name of the source. Throws std::runtime_error with file and line.
std::vector<edit> read_edits(const std::string& file);

/// The files of a workflow's source, by name.
using sources = std::map<std::string, std::vector<std::string>>;
sources read_sources(const std::string& root, const std::string& source);

/// The lines that an edit touches: in the file as it was and as it is, first and last; last < first when there are none.
struct touched {
    std::string file;
    std::size_t was_first = 0, was_last = 0;
    std::size_t is_first = 0, is_last = 0;
};

/// Changes the sources, and says where the first hunk did. Throws std::runtime_error unless each hunk fits at one place.
touched apply(const edit& change, sources& files);

}  // namespace perdure::mutations
