#include "cli/render/style.hpp"

#include <algorithm>

namespace perdure::cli {
namespace {

const char* escape(tone how) {
    switch (how) {
        case tone::plain:
            return "";
        case tone::heading:
            return "\x1b[35m";
        case tone::good:
            return "\x1b[32m";
        case tone::bad:
            return "\x1b[31m";
        case tone::late:
            return "\x1b[33m";
        case tone::stopped:
            return "\x1b[35m";
        case tone::begun:
            return "\x1b[34m";
        case tone::quiet:
            return "\x1b[2m";
    }
    return "";
}

bool starts_code_point(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }

}  // namespace

std::string paint(std::string_view text, tone how, bool colour) {
    if (!colour || how == tone::plain || text.empty()) return std::string(text);
    return std::string(escape(how)) + std::string(text) + "\x1b[0m";
}

std::size_t display_width(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

std::string pad(std::string_view text, std::size_t width) {
    const auto taken = display_width(text);
    return std::string(text) + std::string(taken < width ? width - taken : 0, ' ');
}

std::string ellipsis(std::string_view text, std::size_t limit) {
    std::string out;
    std::size_t columns = 0;
    const bool cut = display_width(text) > limit;
    for (const char c : text) {
        if (starts_code_point(c)) {
            if (cut && columns + 1 >= limit) break;
            ++columns;
        }
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    return cut ? out + "…" : out;
}

}  // namespace perdure::cli
