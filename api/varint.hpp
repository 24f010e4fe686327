#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace perdure {

/// Reads one of protobuf's numbers of variable length and goes behind it; false where the bytes end inside of one, and for more
/// than ten bytes.
[[nodiscard]] inline bool read_varint(std::string_view bytes, std::size_t& at, std::uint64_t& value) noexcept {
    value = 0;
    for (unsigned shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(bytes[at++]);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0) return true;
    }
    return false;
}

/// Appends one.
inline void append_varint(std::string& bytes, std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
    bytes += static_cast<char>(value);
}

}  // namespace perdure
