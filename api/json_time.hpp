#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

namespace perdure::detail {

/// In the years 1 to 9999, which is what JSON can hold.
[[nodiscard]] bool has_json_form(const google::protobuf::Timestamp& time) noexcept;
/// At most 10,000 years, seconds and nanoseconds of one sign.
[[nodiscard]] bool has_json_form(const google::protobuf::Duration& span) noexcept;

}  // namespace perdure::detail
