#include "cli/render/table.hpp"

#include <algorithm>

namespace perdure::cli {
namespace {

constexpr std::string_view margin = "  ";

void append_row(std::string& out, const std::vector<cell>& row, const std::vector<std::size_t>& widths, bool colour) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        out += margin;
        const bool last = i + 1 == row.size();
        const auto gap = last ? 0 : widths[i] - display_width(row[i].text);
        out += paint(row[i].text, row[i].how, colour) + std::string(gap, ' ');
    }
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
}

}  // namespace

std::string render_table(const std::vector<std::string>& headings, const std::vector<std::vector<cell>>& rows, bool colour) {
    std::vector<std::size_t> widths;
    std::vector<cell> head;
    for (const auto& heading : headings) {
        widths.push_back(display_width(heading));
        head.push_back({heading, tone::heading});
    }
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i].text));
        }
    }
    std::string out;
    append_row(out, head, widths, colour);
    for (const auto& row : rows) append_row(out, row, widths, colour);
    return out;
}

std::string render_card(const std::vector<property>& properties, bool colour) {
    std::size_t width = 0;
    for (const auto& [name, value, how] : properties) {
        if (!value.empty()) width = std::max(width, display_width(name));
    }
    std::string out;
    for (const auto& [name, value, how] : properties) {
        if (value.empty()) continue;
        out += std::string(margin) + pad(name, width) + std::string(margin);
        // Further lines of a value stand under its first.
        std::size_t start = 0;
        while (true) {
            const auto end = value.find('\n', start);
            out += paint(value.substr(start, end - start), how, colour) + '\n';
            if (end == std::string::npos) break;
            start = end + 1;
            out += std::string(width + 2 * margin.size(), ' ');
        }
    }
    return out;
}

}  // namespace perdure::cli
