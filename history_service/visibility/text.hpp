#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "api/time.hpp"

namespace perdure::history {

/// Reads an RFC 3339 date-time ("2026-02-01T10:00:00.5+02:00"); nullopt for anything else, and for years out of the range
/// of 64-bit nanoseconds (1678 to 2261).
[[nodiscard]] std::optional<wall_time> parse_rfc3339(std::string_view text);

/// Writes UTC with nine digits of a second, so that the order of texts is the order of times.
[[nodiscard]] std::string format_rfc3339(wall_time time);

/// Reads "1h30m", "250ms", "1.5s" and the like: numbers with the units ns, us, ms, s, m, h, d.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// A date-time becomes its one UTC form, any other text stays what it is: both sides of a comparison go through this.
[[nodiscard]] std::string comparable_text(std::string text);

}  // namespace perdure::history
