#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "api/result.hpp"

namespace perdure {

/// The longest id, name or key that a request may carry, in bytes.
inline constexpr std::size_t max_id_length = 1000;

/// A version 4 UUID from 16 given random bytes, as lower-case text.
[[nodiscard]] std::string make_uuid4(const std::array<std::byte, 16>& random);

/// Whether the text is the canonical form of a UUID of any version.
[[nodiscard]] bool is_uuid(std::string_view text) noexcept;

/// Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
[[nodiscard]] bool is_valid_utf8(std::string_view bytes) noexcept;

/// Why `id` cannot be the value of the field `field`: too long, or not valid UTF-8. None when it can.
[[nodiscard]] std::optional<service_failure> check_id(std::string_view field, std::string_view id);

/// As `check_id`, and refuses an empty id.
[[nodiscard]] std::optional<service_failure> check_required_id(std::string_view field, std::string_view id);

}  // namespace perdure
