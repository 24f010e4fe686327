#include "cli/export/file_name.hpp"

namespace perdure::cli {
namespace {

// Most file systems take 255 bytes; the run id, the ending and the name of the unfinished file need the rest.
constexpr std::size_t longest_id = 160;

std::string safe(std::string_view id) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string name;
    for (const char c : id) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        // At the front a dot hides the file and a dash makes it a flag.
        const bool plain = letter || c == '_' || (!name.empty() && (c == '.' || c == '-'));
        const auto byte = static_cast<unsigned char>(c);
        std::string next = plain ? std::string(1, c) : std::string{'%', digits[byte >> 4U], digits[byte & 15U]};
        if (name.size() + next.size() > longest_id) return name + "%";
        name += next;
    }
    return name;
}

}  // namespace

std::string history_file_name(std::string_view workflow_id, std::string_view run_id, history_format format) {
    return safe(workflow_id) + "--" + safe(run_id) + (format == history_format::json ? ".json" : ".pb");
}

}  // namespace perdure::cli
