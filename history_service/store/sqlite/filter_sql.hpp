#pragma once

#include <string>
#include <vector>

#include "history_service/visibility/filter.hpp"

namespace perdure::history::sqlite {

/// A condition over the table `runs AS r`, with its values to be bound in order. Text of the query never becomes SQL.
struct sql_condition {
    std::string sql;
    std::vector<attribute_value> values;
};

[[nodiscard]] sql_condition condition_of(const list_filter& filter);

/// The expression that the filter orders by; open runs count as closed after all others.
[[nodiscard]] std::string order_expression(const list_filter& filter);

}  // namespace perdure::history::sqlite
