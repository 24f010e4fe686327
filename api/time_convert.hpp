#pragma once

#include <string>
#include <string_view>

#include "api/proto.hpp"
#include "api/result.hpp"
#include "api/time.hpp"

namespace perdure {

/// The longest duration a request may carry: about 10,000 years, as protobuf's JSON allows.
inline constexpr std::int64_t max_duration_seconds = 315'576'000'000;

[[nodiscard]] google::protobuf::Timestamp to_timestamp(wall_time time);
[[nodiscard]] google::protobuf::Duration to_duration(milliseconds duration);

/// Times beyond what 64 bits of nanoseconds hold (years 1678 to 2261) become the nearest one that is held.
[[nodiscard]] wall_time from_timestamp(const google::protobuf::Timestamp& timestamp) noexcept;

/// Parts below a millisecond are rounded up, so that a short wait never becomes none.
[[nodiscard]] milliseconds from_duration(const google::protobuf::Duration& duration) noexcept;

/// The time from one moment to another; negative if `to` is the earlier one.
[[nodiscard]] std::chrono::nanoseconds between(const google::protobuf::Timestamp& from,
                                               const google::protobuf::Timestamp& to) noexcept;

/// A duration out of a request: InvalidArgument naming the field if it is negative, beyond `max_duration_seconds`, or has
/// nanoseconds that do not fit its seconds. Durations that reach past the year 9999 are the engine's to judge.
[[nodiscard]] result<milliseconds> checked_duration(std::string_view field, const google::protobuf::Duration& duration);

/// A time out of a request: InvalidArgument naming the field for years before 1970 or after 2261.
[[nodiscard]] result<wall_time> checked_timestamp(std::string_view field, const google::protobuf::Timestamp& timestamp);

}  // namespace perdure
