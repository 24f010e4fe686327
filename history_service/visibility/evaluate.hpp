#pragma once

#include <cstdint>
#include <optional>

#include "history_service/visibility/filter.hpp"
#include "history_service/visibility/row.hpp"

namespace perdure::history {

/// Truth of three values; nullopt is neither true nor false.
using truth = std::optional<bool>;

[[nodiscard]] truth evaluate(const list_expression& expression, const visibility_row& row);

/// Whether the filter's condition is true of the row.
[[nodiscard]] bool matches(const list_filter& filter, const visibility_row& row);

/// The row's place in the filter's order. Lists go by (this, run number), both in the filter's direction.
[[nodiscard]] list_cursor cursor_of(const list_filter& filter, const visibility_row& row);

/// Whether `row` comes after the cursor in the filter's order.
[[nodiscard]] bool comes_after(const list_filter& filter, const list_cursor& cursor, const list_cursor& row);

}  // namespace perdure::history
