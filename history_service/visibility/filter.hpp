#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/result.hpp"
#include "history_service/visibility/row.hpp"

namespace perdure::history {

enum class list_field : std::uint8_t {
    execution_status,
    workflow_type,
    workflow_id,
    run_id,
    start_time,
    close_time,
    execution_time,
    task_queue,
    history_length,
    execution_duration,
    /// A custom search attribute, by its name.
    attribute,
};

enum class comparison : std::uint8_t {
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    starts_with,
    not_starts_with,
};

/// What a field is compared with, in the field's own terms: a status is its number, a time and a duration are nanoseconds.
using list_literal = attribute_value;

/// A condition on one row. Its truth has three values, as in SQL: a comparison with something absent is neither true nor
/// false, and only what is true is listed.
struct list_expression {
    enum class kind : std::uint8_t { compare, in, is_null, negation, conjunction, disjunction };

    kind what = kind::compare;
    list_field field = list_field::execution_status;
    /// The name, for `list_field::attribute`.
    std::string attribute;
    comparison op = comparison::equal;
    /// One for `compare`, any number for `in`.
    std::vector<list_literal> literals;
    /// One for `negation`, two or more for the other two.
    std::vector<list_expression> children;

    friend bool operator==(const list_expression&, const list_expression&) = default;
};

/// A parsed list query.
struct list_filter {
    std::optional<list_expression> where;
    /// One of the three times. A run that is open counts as closed after all others.
    list_field order_by = list_field::start_time;
    bool descending = true;
    bool group_by_status = false;

    friend bool operator==(const list_filter&, const list_filter&) = default;
};

/// Where a list stopped: the last row's value of the order, and its number, which decides between equals.
struct list_cursor {
    std::int64_t order_value = 0;
    run_number run = 0;

    friend bool operator==(const list_cursor&, const list_cursor&) = default;
};

/// Parses the query language of Temporal's lists; an empty text matches everything.
///
/// Errors are `invalid_argument` and name the position (from 1), what stands there and what was expected. Depth, length and
/// the number of values are bounded, so any input is safe.
[[nodiscard]] result<list_filter> parse_list_filter(std::string_view text);

}  // namespace perdure::history
