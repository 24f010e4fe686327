#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>

#include "tests/conformance/variables.hpp"

namespace perdure::conformance {

/// One place where ours is not what was recorded. `expected` and `actual` are short texts for a person.
struct difference {
    std::string where;
    std::string expected;
    std::string actual;
};

/// Asked about each difference; true makes the comparison go on as if there were none.
using tolerates = std::function<bool(const difference&)>;

/// The first difference between a recorded document and ours that is not tolerated.
///
/// Absent equals the proto default for scalars and lists, but not for messages: whether a message is set can be seen by
/// a client. Ids are matched through `names`, `about 1.0s` allows a tenth of a second.
[[nodiscard]] std::optional<difference> first_difference(const json& expected, const json& actual, const std::string& where,
                                                         variables& names, const tolerates& tolerated);

/// A document as one line of at most `limit` characters.
[[nodiscard]] std::string shorten(const json& document, std::size_t limit = 300);

}  // namespace perdure::conformance
