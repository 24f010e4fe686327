#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "api/assert.hpp"
#include "api/varint.hpp"

namespace perdure {

/// Appends a field that holds a message, which has just said that it has `size` bytes.
template <class Message>
void append_message_field(std::string& bytes, int field, const Message& message, std::size_t size) {
    append_field_head(bytes, field, size);
    const std::size_t before = bytes.size();
    bytes.resize(before + size);
    auto* const from = reinterpret_cast<std::uint8_t*>(bytes.data() + before);
    const std::uint8_t* const end = message.SerializeWithCachedSizesToArray(from);
    PERDURE_ASSERT(end == from + size, "a message has the size that it says");
}

}  // namespace perdure
