#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/result.hpp"

namespace perdure::history {

/// A word of a list query.
struct list_token {
    enum class kind { word, quoted_name, text, number, symbol, end };

    kind what = kind::end;
    /// Words as written, text without its quotes and escapes.
    std::string value;
    /// From 1, in bytes.
    std::size_t position = 0;
};

/// Splits a list query into words; the last token is `end`.
[[nodiscard]] result<std::vector<list_token>> tokenize_list_query(std::string_view text);

/// The error of every stage: what is wrong, and where.
[[nodiscard]] service_failure list_query_error(std::size_t position, const std::string& message);

}  // namespace perdure::history
