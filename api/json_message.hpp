#pragma once

#include <cstddef>
#include <string_view>

#include "api/json.hpp"

namespace perdure::detail {

/// Reads the message whose object the text begins with, in one pass. Answers how many bytes that object has, or 0 when the
/// thorough reader must decide: the JSON is wrong, or unusual. Whatever is read here, the thorough reader reads the same.
/// `into` is replaced, and is in an unspecified valid state after 0. `max_bytes` is not looked at.
[[nodiscard]] std::size_t read_quickly(std::string_view text, google::protobuf::Message& into, const json_parse_options& options);

}  // namespace perdure::detail
