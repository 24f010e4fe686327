#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace perdure {

/// Appends the standard alphabet with padding (RFC 4648, section 4).
void append_base64(std::string& out, std::string_view bytes);
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Reads the standard and the URL-safe alphabet, with or without padding, as protobuf's JSON does; none for anything else.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// At least as many bytes as so much text stands for.
[[nodiscard]] constexpr std::size_t base64_most_bytes(std::size_t text_size) noexcept { return text_size / 4 * 3 + 3; }
/// As `from_base64`, into memory of `base64_most_bytes`. Answers the end of the bytes; null for text that is not base64.
[[nodiscard]] char* decode_base64(std::string_view text, char* out) noexcept;

}  // namespace perdure
