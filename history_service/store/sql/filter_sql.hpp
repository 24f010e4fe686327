#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "history_service/visibility/filter.hpp"

namespace perdure::history {

/// A condition over the table `runs AS r`, with its values to be bound in order. Text of the query never becomes SQL.
struct sql_condition {
    std::string sql;
    std::vector<attribute_value> values;
};

class sql_dialect;

/// Puts a condition together.
class sql_text {
  public:
    sql_text(sql_condition& out, const sql_dialect& dialect) : out_(out), dialect_(dialect) {}

    sql_text& text(std::string_view sql);
    sql_text& value(attribute_value bound);
    /// `column op value`, or the comparison of its beginning.
    sql_text& operation(std::string_view column, comparison op, const list_literal& literal);

  private:
    sql_condition& out_;
    const sql_dialect& dialect_;
};

/// Where the databases differ. An attribute has several values, each a row of a table; conditions on one stand under the
/// name `a`.
class sql_dialect {
  public:
    sql_dialect() = default;
    sql_dialect(const sql_dialect&) = delete;
    sql_dialect& operator=(const sql_dialect&) = delete;
    virtual ~sql_dialect() = default;

    /// Stands for the value number `index`, from 1.
    [[nodiscard]] virtual std::string placeholder(std::size_t index, const attribute_value& value) const = 0;
    /// Aggregates over conditions: true when one is, true when all are. NULLs do not count; of nothing comes NULL.
    [[nodiscard]] virtual std::string_view any() const = 0;
    [[nodiscard]] virtual std::string_view all() const = 0;
    /// "FROM attributes AS a WHERE" and the condition that they are those of `r`.
    [[nodiscard]] virtual std::string_view attributes() const = 0;
    [[nodiscard]] virtual std::string_view always() const = 0;
    /// Numbers compare with numbers and text with text; between the two the answer is NULL.
    virtual void compare_attribute(sql_text& out, comparison op, const list_literal& literal) const = 0;
    /// Never NULL.
    virtual void attribute_in(sql_text& out, const std::vector<list_literal>& literals) const = 0;
    /// Adds " AND" and a condition that an index can find: the rows with this value of an attribute.
    virtual void index_hint(sql_text& out, const std::string& attribute, const list_literal& literal) const = 0;
};

[[nodiscard]] sql_condition condition_of(const list_filter& filter, const sql_dialect& dialect);

/// The expression that the filter orders by; open runs count as closed after all others.
[[nodiscard]] std::string order_expression(const list_filter& filter);

}  // namespace perdure::history
