#pragma once

#include <cstddef>
#include <cstdint>

namespace perdure::history {

/// Writes the number's bytes, the lowest first, whatever the machine's own order.
template <class Number>
void put_little_endian(char* at, Number value) noexcept {
    for (std::size_t i = 0; i < sizeof value; ++i)
        at[i] = static_cast<char>((static_cast<std::uint64_t>(value) >> (8U * i)) & 0xFFU);
}

/// Reads what `put_little_endian` wrote.
template <class Number>
[[nodiscard]] Number get_little_endian(const char* at) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) value |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8U * i);
    return static_cast<Number>(value);
}

}  // namespace perdure::history
