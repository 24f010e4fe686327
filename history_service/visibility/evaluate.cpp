#include "history_service/visibility/evaluate.hpp"

#include <algorithm>
#include <compare>
#include <limits>
#include <vector>

namespace perdure::history {
namespace {

std::int64_t ticks(wall_time time) { return time.time_since_epoch().count(); }

// What the row has for the field: nothing, one value, or the values of a list attribute.
std::vector<list_literal> values_of(const list_expression& e, const visibility_row& row) {
    switch (e.field) {
        case list_field::execution_status:
            return {std::int64_t{row.status}};
        case list_field::workflow_type:
            return {row.workflow_type};
        case list_field::workflow_id:
            return {row.workflow_id};
        case list_field::run_id:
            return {row.run_id};
        case list_field::start_time:
            return {ticks(row.start_time)};
        case list_field::execution_time:
            return {ticks(row.execution_time)};
        case list_field::task_queue:
            return {row.task_queue};
        case list_field::history_length:
            return {row.history_length};
        case list_field::close_time:
            return row.close_time ? std::vector<list_literal>{ticks(*row.close_time)} : std::vector<list_literal>{};
        case list_field::execution_duration:
            if (!row.close_time) return {};
            return {ticks(*row.close_time) - ticks(row.execution_time)};
        case list_field::attribute:
            break;
    }
    std::vector<list_literal> values;
    for (const auto& [name, value] : row.attributes)
        if (name == e.attribute) values.push_back(value);
    return values;
}

// Numbers compare with numbers and text with text; there is no order between the two.
std::optional<std::partial_ordering> order(const list_literal& a, const list_literal& b) {
    const bool a_text = std::holds_alternative<std::string>(a);
    const bool b_text = std::holds_alternative<std::string>(b);
    if (a_text != b_text) return std::nullopt;
    if (a_text) return std::get<std::string>(a) <=> std::get<std::string>(b);
    if (const auto *x = std::get_if<std::int64_t>(&a), *y = std::get_if<std::int64_t>(&b); x && y) return *x <=> *y;
    const auto real = [](const list_literal& v) {
        const auto* whole = std::get_if<std::int64_t>(&v);
        return whole ? static_cast<long double>(*whole) : static_cast<long double>(std::get<double>(v));
    };
    return real(a) <=> real(b);
}

truth compare_one(comparison op, const list_literal& value, const list_literal& with) {
    const auto found = order(value, with);
    if (!found) return std::nullopt;
    switch (op) {
        case comparison::equal:
            return *found == 0;
        case comparison::not_equal:
            return *found != 0;
        case comparison::less:
            return *found < 0;
        case comparison::less_equal:
            return *found <= 0;
        case comparison::greater:
            return *found > 0;
        case comparison::greater_equal:
            return *found >= 0;
        case comparison::starts_with:
            return std::get<std::string>(value).starts_with(std::get<std::string>(with));
        case comparison::not_starts_with:
            return !std::get<std::string>(value).starts_with(std::get<std::string>(with));
    }
    return std::nullopt;
}

// A list attribute has what is asked when one of its values does; the negative operators ask it of all.
truth compare(const list_expression& e, const visibility_row& row) {
    const bool ask_all = e.op == comparison::not_equal || e.op == comparison::not_starts_with;
    truth answer;
    for (const list_literal& value : values_of(e, row)) {
        const truth one = compare_one(e.op, value, e.literals.front());
        if (!one) continue;
        answer = !answer ? *one : ask_all ? *answer && *one : *answer || *one;
    }
    return answer;
}

truth is_in(const list_expression& e, const visibility_row& row) {
    const auto values = values_of(e, row);
    if (values.empty()) return std::nullopt;
    for (const list_literal& value : values)
        for (const list_literal& one : e.literals)
            if (compare_one(comparison::equal, value, one) == truth{true}) return true;
    return false;
}

// AND and OR of three values: `decisive` settles it, otherwise one unknown part makes the whole unknown.
truth fold(const list_expression& e, const visibility_row& row, bool decisive) {
    bool unknown = false;
    for (const list_expression& child : e.children) {
        const truth one = evaluate(child, row);
        if (one == truth{decisive}) return decisive;
        unknown |= !one.has_value();
    }
    return unknown ? truth{} : truth{!decisive};
}

}  // namespace

truth evaluate(const list_expression& expression, const visibility_row& row) {
    switch (expression.what) {
        case list_expression::kind::compare:
            return compare(expression, row);
        case list_expression::kind::in:
            return is_in(expression, row);
        case list_expression::kind::is_null:
            return values_of(expression, row).empty();
        case list_expression::kind::conjunction:
            return fold(expression, row, false);
        case list_expression::kind::disjunction:
            return fold(expression, row, true);
        case list_expression::kind::negation:
            break;
    }
    const truth inner = evaluate(expression.children.front(), row);
    return inner ? truth{!*inner} : truth{};
}

bool matches(const list_filter& filter, const visibility_row& row) {
    return !filter.where || evaluate(*filter.where, row) == truth{true};
}

list_cursor cursor_of(const list_filter& filter, const visibility_row& row) {
    switch (filter.order_by) {
        case list_field::execution_time:
            return {ticks(row.execution_time), row.run};
        case list_field::close_time:
            return {row.close_time ? ticks(*row.close_time) : std::numeric_limits<std::int64_t>::max(), row.run};
        default:
            return {ticks(row.start_time), row.run};
    }
}

bool comes_after(const list_filter& filter, const list_cursor& cursor, const list_cursor& row) {
    const auto order = row.order_value != cursor.order_value ? row.order_value <=> cursor.order_value : row.run <=> cursor.run;
    return filter.descending ? order < 0 : order > 0;
}

}  // namespace perdure::history
