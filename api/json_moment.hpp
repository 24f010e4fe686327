#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace perdure::detail {

/// Seconds and nanoseconds as google.protobuf.Timestamp and Duration hold them.
struct json_moment {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
};

/// RFC 3339 with any offset, in the years 1 to 9999. None for the rest and for spellings that are rare.
[[nodiscard]] std::optional<json_moment> read_time(std::string_view text) noexcept;

/// Seconds such as `-1.5s`, at most 10,000 years. None for the rest and for spellings that are rare.
[[nodiscard]] std::optional<json_moment> read_span(std::string_view text) noexcept;

/// A time in UTC and a duration, with three, six or nine decimals or none. Both must have a JSON form.
[[nodiscard]] std::string write_time(json_moment moment);
[[nodiscard]] std::string write_span(json_moment span);

}  // namespace perdure::detail
