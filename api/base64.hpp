#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace perdure {

/// Appends the standard alphabet with padding (RFC 4648, section 4).
void append_base64(std::string& out, std::string_view bytes);
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Reads the standard and the URL-safe alphabet, with or without padding, as protobuf's JSON does; none for anything else.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace perdure
