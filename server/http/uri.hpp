#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/result.hpp"

namespace perdure::server {

/// A request target, taken apart and decoded. Segments are split before they are decoded, so that an encoded slash stays in an
/// id.
struct request_target {
    std::vector<std::string> path;
    std::vector<std::pair<std::string, std::string>> query;

    [[nodiscard]] bool has_query(std::string_view name) const;
};

[[nodiscard]] result<request_target> parse_target(std::string_view target);

/// Replaces %XX; a broken escape or a result that is not UTF-8 is refused.
[[nodiscard]] result<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace perdure::server
