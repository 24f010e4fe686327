#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace perdure::history {

/// Reads "1h30m", "250ms", "1.5s" and the like: numbers with the units ns, us, ms, s, m, h, d.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// A date-time (RFC 3339) becomes UTC with nine digits of a second, so that the order of texts is the order of times; any other
/// text stays what it is: both sides of a comparison go through this.
[[nodiscard]] std::string comparable_text(std::string text);

}  // namespace perdure::history
