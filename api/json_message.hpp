#pragma once

#include <cstddef>
#include <string_view>

#include "api/json.hpp"
#include "api/wire_buffer.hpp"

namespace perdure::detail {

/// Reads the message whose object the text begins with, in one pass. Answers how many bytes that object has, or 0 when the
/// thorough reader must decide: the JSON is wrong, or unusual. Whatever is read here, the thorough reader reads the same.
/// `into` is replaced, and is in an unspecified valid state after 0. `max_bytes` is not looked at.
[[nodiscard]] std::size_t read_quickly(std::string_view text, google::protobuf::Message& into, const json_parse_options& options);

/// The same, as the bytes of a message of that type. They are added to `out`, also in vain.
[[nodiscard]] std::size_t read_as_wire(std::string_view text, const google::protobuf::Descriptor& type,
                                       const json_parse_options& options, wire_buffer& out);

}  // namespace perdure::detail
