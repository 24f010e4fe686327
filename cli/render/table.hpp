#pragma once

#include <string>
#include <vector>

#include "cli/render/style.hpp"

namespace perdure::cli {

struct cell {
    std::string text;
    tone how = tone::plain;
};

/// Rows under headings, each column as wide as its widest cell.
[[nodiscard]] std::string render_table(const std::vector<std::string>& headings, const std::vector<std::vector<cell>>& rows,
                                       bool colour);

/// One property a line. Properties with an empty value are left out.
struct property {
    std::string name;
    std::string value;
    tone how = tone::plain;
};
[[nodiscard]] std::string render_card(const std::vector<property>& properties, bool colour);

}  // namespace perdure::cli
