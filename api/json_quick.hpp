#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "api/json_value.hpp"

namespace perdure::detail {

/// Reads JSON that is as plain as most payloads are: texts without escapes, whole numbers of up to 18 digits. None
/// for everything else, malformed text included: the thorough parser then decides and finds the words.
[[nodiscard]] std::optional<json_value> quick_json(std::string_view text, std::size_t max_depth);

}  // namespace perdure::detail
