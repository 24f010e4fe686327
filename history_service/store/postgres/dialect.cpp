#include "history_service/store/postgres/dialect.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace perdure::history::postgres {
namespace {

/// A comparison with a value of the column's own type that says the same as one with a number of the other type; without a
/// value it is the same for each row, and `always` says which.
template <class Number>
struct exact {
    comparison op = comparison::equal;
    std::optional<Number> with;
    bool always = false;
};

bool is_equality(comparison op) { return op == comparison::equal || op == comparison::not_equal; }
bool asks_below(comparison op) { return op == comparison::less || op == comparison::less_equal; }

// PostgreSQL would round the whole number to a float and take neighbours for equals.
exact<double> for_reals(comparison op, std::int64_t literal) {
    const auto near = static_cast<double>(literal);
    const auto order = static_cast<long double>(near) <=> static_cast<long double>(literal);
    if (order == 0) return {op, near, false};
    if (is_equality(op)) return {op, std::nullopt, op == comparison::not_equal};
    const double infinity = std::numeric_limits<double>::infinity();
    if (asks_below(op)) return {comparison::less_equal, order < 0 ? near : std::nextafter(near, -infinity), false};
    return {comparison::greater_equal, order > 0 ? near : std::nextafter(near, infinity), false};
}

exact<std::int64_t> for_wholes(comparison op, double literal) {
    constexpr double bound = 9223372036854775808.0;
    if (std::isnan(literal)) return {op, std::nullopt, false};
    if (literal >= bound || literal < -bound) {
        const bool above = literal > 0;
        return {op, std::nullopt, is_equality(op) ? op == comparison::not_equal : asks_below(op) == above};
    }
    const double floor = std::floor(literal);
    if (floor == literal) return {op, static_cast<std::int64_t>(literal), false};
    if (is_equality(op)) return {op, std::nullopt, op == comparison::not_equal};
    const auto below = static_cast<std::int64_t>(floor);
    return asks_below(op) ? exact<std::int64_t>{comparison::less_equal, below, false}
                          : exact<std::int64_t>{comparison::greater, below, false};
}

template <class Number>
void add(sql_text& out, std::string_view column, const exact<Number>& asked) {
    if (asked.with)
        out.operation(column, asked.op, *asked.with);
    else
        out.text(asked.always ? "true" : "false");
}

void compare_number(sql_text& out, comparison op, const list_literal& literal) {
    const auto* whole = std::get_if<std::int64_t>(&literal);
    const double real = whole != nullptr ? 0 : std::get<double>(literal);
    out.text("CASE WHEN a.whole IS NOT NULL THEN ");
    add(out, "a.whole", whole != nullptr ? exact<std::int64_t>{op, *whole, false} : for_wholes(op, real));
    out.text(" WHEN a.real IS NOT NULL THEN ");
    add(out, "a.real", whole != nullptr ? for_reals(op, *whole) : exact<double>{op, real, false});
    out.text(" END");
}

}  // namespace

// The type stands beside each, so that the server need not guess it.
std::string dialect::placeholder(std::size_t index, const attribute_value& value) const {
    static constexpr const char* types[] = {"::bigint", "::float8", "::bytea"};
    return "$" + std::to_string(first_ + index) + types[value.index()];
}

void dialect::compare_attribute(sql_text& out, comparison op, const list_literal& literal) const {
    if (std::holds_alternative<std::string>(literal))
        out.operation("a.word", op, literal);
    else
        compare_number(out, op, literal);
}

void dialect::attribute_in(sql_text& out, const std::vector<list_literal>& literals) const {
    out.text("(false");
    for (const list_literal& literal : literals) {
        out.text(" OR coalesce(");
        compare_attribute(out, comparison::equal, literal);
        out.text(", false)");
    }
    out.text(")");
}

// Long names and words stand in the index by their beginning only.
void dialect::index_hint(sql_text& out, const std::string& attribute, const list_literal& literal) const {
    const auto head = [&](std::string_view word) {
        out.text(word).text("SELECT a.run FROM perdure.attributes AS a WHERE a.shard = 0 AND substr(a.name, 1, 200) = substr(");
        out.value(attribute).text(", 1, 200) AND ");
    };
    head(" AND r.run IN (");
    if (std::holds_alternative<std::string>(literal)) {
        out.text("substr(a.word, 1, 200) = substr(").value(literal).text(", 1, 200))");
        return;
    }
    const auto* whole = std::get_if<std::int64_t>(&literal);
    const double real = whole != nullptr ? 0 : std::get<double>(literal);
    add(out, "a.whole",
        whole != nullptr ? exact<std::int64_t>{comparison::equal, *whole, false} : for_wholes(comparison::equal, real));
    head(" UNION ALL ");
    add(out, "a.real", whole != nullptr ? for_reals(comparison::equal, *whole) : exact<double>{comparison::equal, real, false});
    out.text(")");
}

}  // namespace perdure::history::postgres
