#pragma once

namespace perdure {

/// A message in protobuf's binary form, as the body of an HTTP request or answer.
inline constexpr const char* protobuf_media_type = "application/x-protobuf";

}  // namespace perdure
