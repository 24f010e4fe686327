#pragma once

#include <string_view>

#include "api/proto.hpp"
#include "api/result.hpp"
#include "api/time.hpp"
#include "api/time_convert.hpp"

namespace perdure::history {

/// Durations above this are cut to it: longer ones cannot be told apart by anyone, and sums of times must not overflow.
inline constexpr milliseconds longest_duration = std::chrono::hours(24 * 365 * 100);

/// `time + length`, or the end of time.
[[nodiscard]] wall_time after(wall_time time, milliseconds length) noexcept;

/// Checks a duration that came from outside and cuts it to `longest_duration` in place. `what` names the field.
[[nodiscard]] result<done> check_and_cap(std::string_view what, google::protobuf::Duration& length);

}  // namespace perdure::history
