#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace perdure {

/// Reads one of protobuf's numbers of variable length and goes behind it; false where the bytes end inside of one, and for more
/// than ten bytes.
[[nodiscard]] inline bool read_varint(std::string_view bytes, std::size_t& at, std::uint64_t& value) noexcept {
    // Most tags and lengths are a single byte.
    if (at < bytes.size() && static_cast<std::uint8_t>(bytes[at]) < 0x80U) {
        value = static_cast<std::uint8_t>(bytes[at++]);
        return true;
    }
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

/// How many bytes it takes.
[[nodiscard]] constexpr std::size_t varint_bytes(std::uint64_t value) noexcept {
    return static_cast<std::size_t>(std::bit_width(value | 1U) + 6) / 7;
}

/// Appends a field that is a number. `field`: its number, above 0.
inline void append_number_field(std::string& bytes, int field, std::uint64_t value) {
    append_varint(bytes, static_cast<std::uint32_t>(field) << 3U);
    append_varint(bytes, value);
}

/// Appends what comes before the `size` bytes of a text, of bytes or of a message: the field's tag and its length.
inline void append_field_head(std::string& bytes, int field, std::size_t size) {
    append_varint(bytes, static_cast<std::uint32_t>(field) << 3U | 2U);
    append_varint(bytes, size);
}

/// How many bytes a field takes whose text, bytes or message are `size` of them.
[[nodiscard]] constexpr std::size_t field_bytes(int field, std::size_t size) noexcept {
    return varint_bytes(static_cast<std::uint32_t>(field) << 3U) + varint_bytes(size) + size;
}

}  // namespace perdure
