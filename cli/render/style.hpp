#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace perdure::cli {

/// What a piece of text means to the reader; a terminal shows it as a colour.
enum class tone : std::uint8_t { plain, heading, good, bad, late, stopped, begun, quiet };

/// Text with its tone as an escape sequence, or unchanged when `colour` is off.
[[nodiscard]] std::string paint(std::string_view text, tone how, bool colour);

/// Columns that a text takes on a terminal: code points, which is right for everything but wide and combining ones.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

/// Text filled with spaces to a width, never cut.
[[nodiscard]] std::string pad(std::string_view text, std::size_t width);

/// At most `limit` columns, with an ellipsis for what was cut; control characters are shown as spaces.
[[nodiscard]] std::string ellipsis(std::string_view text, std::size_t limit);

}  // namespace perdure::cli
