#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "api/time.hpp"

namespace perdure {

/// ISO 8601 text of a duration: `PT72H`, `PT1.5S`, `-PT2M`, `PT0S`. Days are written as hours.
[[nodiscard]] std::string to_iso_duration(std::chrono::nanoseconds duration);

/// Reads what `to_iso_duration` writes, and weeks and days (of 24 hours). None for other text, for years and months (whose
/// length varies), for parts finer than a nanosecond and for what exceeds 292 years.
[[nodiscard]] std::optional<std::chrono::nanoseconds> from_iso_duration(std::string_view text);

/// RFC 3339 text in UTC, with as many decimals as are needed in groups of three: `2026-01-31T08:30:00.250Z`.
[[nodiscard]] std::string to_rfc3339(wall_time time);

/// Reads RFC 3339 text with any offset from UTC; none for other text and for years before 1678 or after 2261.
[[nodiscard]] std::optional<wall_time> from_rfc3339(std::string_view text);

}  // namespace perdure
