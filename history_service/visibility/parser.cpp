#include <utility>

#include "history_service/visibility/filter.hpp"
#include "history_service/visibility/lexer.hpp"
#include "history_service/visibility/literals.hpp"

namespace perdure::history {
namespace {

constexpr std::size_t max_depth = 50;
constexpr std::size_t max_conditions = 200;
constexpr std::size_t max_values = 1000;

using expression_result = result<list_expression>;

list_expression negated(list_expression inner) {
    list_expression outer;
    outer.what = list_expression::kind::negation;
    outer.children.push_back(std::move(inner));
    return outer;
}

// Recursive descent; `depth_` bounds the recursion, so that no input can exhaust the stack.
class parser {
  public:
    explicit parser(std::vector<list_token> tokens) : tokens_(std::move(tokens)) {}

    result<list_filter> run() {
        list_filter filter;
        if (is_word(peek(), "WHERE")) ++at_;
        if (!at_end() && !is_word(peek(), "ORDER") && !is_word(peek(), "GROUP")) {
            expression_result where = alternatives();
            if (!where) return std::move(where).error();
            filter.where = std::move(*where);
        }
        if (is_word(peek(), "GROUP")) {
            const auto grouped = group_by(filter);
            if (!grouped) return service_failure(grouped.error());
        }
        if (is_word(peek(), "ORDER")) {
            const auto ordered = order_by(filter);
            if (!ordered) return service_failure(ordered.error());
        }
        if (!at_end()) return unexpected("AND, OR, ORDER BY, GROUP BY or the end of the query");
        return filter;
    }

  private:
    const list_token& peek() const { return tokens_[at_]; }
    bool at_end() const { return peek().what == list_token::kind::end; }
    bool is_symbol(std::string_view symbol) const { return peek().what == list_token::kind::symbol && peek().value == symbol; }

    bool take_word(std::string_view capitals) {
        if (!is_word(peek(), capitals)) return false;
        ++at_;
        return true;
    }
    bool take_symbol(std::string_view symbol) {
        if (!is_symbol(symbol)) return false;
        ++at_;
        return true;
    }

    service_failure unexpected(const std::string& wanted) const {
        const std::string found = at_end() ? peek().value : "'" + peek().value + "'";
        return list_query_error(peek().position, "expected " + wanted + ", found " + found);
    }

    expression_result chain(list_expression::kind kind, std::string_view word, expression_result (parser::*part)()) {
        expression_result first = (this->*part)();
        if (!first || !is_word(peek(), word)) return first;
        list_expression all;
        all.what = kind;
        all.children.push_back(std::move(*first));
        while (take_word(word)) {
            expression_result next = (this->*part)();
            if (!next) return next;
            all.children.push_back(std::move(*next));
        }
        return all;
    }

    expression_result alternatives() { return chain(list_expression::kind::disjunction, "OR", &parser::conjunction); }
    expression_result conjunction() { return chain(list_expression::kind::conjunction, "AND", &parser::factor); }

    expression_result factor() {
        if (depth_ >= max_depth)
            return list_query_error(peek().position, "more than " + std::to_string(max_depth) + " levels of NOT and parentheses");
        ++depth_;
        expression_result found = nested();
        --depth_;
        return found;
    }

    expression_result nested() {
        if (take_word("NOT")) {
            expression_result inner = factor();
            if (!inner) return inner;
            return negated(std::move(*inner));
        }
        if (take_symbol("(")) {
            expression_result inner = alternatives();
            if (!inner) return inner;
            if (!take_symbol(")")) return unexpected("')'");
            return inner;
        }
        return condition();
    }

    expression_result condition() {
        if (++conditions_ > max_conditions)
            return list_query_error(peek().position, "more than " + std::to_string(max_conditions) + " conditions");
        if (peek().what != list_token::kind::word && peek().what != list_token::kind::quoted_name)
            return unexpected("the name of a field, NOT or '('");
        auto field = resolve_field(peek());
        if (!field) return std::move(field).error();
        ++at_;
        if (take_word("IS")) return null_check(*field);
        const bool negative = take_word("NOT");
        if (take_word("IN")) return sign(negative, membership(*field));
        if (take_word("BETWEEN")) return sign(negative, between(*field));
        if (take_word("STARTS_WITH")) return prefix(*field, negative);
        if (negative) return unexpected("IN, BETWEEN or STARTS_WITH after NOT");
        return comparison_with(*field);
    }

    static expression_result sign(bool negative, expression_result inner) {
        if (!inner || !negative) return inner;
        return negated(std::move(*inner));
    }

    static list_expression about(const named_field& field, list_expression::kind what) {
        list_expression made;
        made.what = what;
        made.field = field.field;
        if (field.field == list_field::attribute) made.attribute = field.name;
        return made;
    }

    result<list_literal> literal(const named_field& field) {
        if (peek().what == list_token::kind::end || peek().what == list_token::kind::symbol)
            return unexpected("a value for " + field.name);
        if (++values_ > max_values)
            return list_query_error(peek().position, "more than " + std::to_string(max_values) + " values");
        auto value = resolve_literal(field, peek());
        if (value) ++at_;
        return value;
    }

    expression_result compare(const named_field& field, comparison op) {
        auto value = literal(field);
        if (!value) return std::move(value).error();
        list_expression made = about(field, list_expression::kind::compare);
        made.op = op;
        made.literals.push_back(std::move(*value));
        return made;
    }

    expression_result comparison_with(const named_field& field) {
        static constexpr std::pair<std::string_view, comparison> operators[] = {
            {"=", comparison::equal},      {"==", comparison::equal},         {"!=", comparison::not_equal},
            {"<>", comparison::not_equal}, {"<", comparison::less},           {"<=", comparison::less_equal},
            {">", comparison::greater},    {">=", comparison::greater_equal},
        };
        for (const auto& [symbol, op] : operators) {
            if (!is_symbol(symbol)) continue;
            const bool needs_order = op != comparison::equal && op != comparison::not_equal;
            if (needs_order && !is_ordered(field.field))
                return list_query_error(peek().position, field.name + " has no order; compare it with =, != or IN");
            ++at_;
            return compare(field, op);
        }
        return unexpected("an operator after " + field.name + " (=, !=, <, <=, >, >=, IN, BETWEEN, STARTS_WITH, IS NULL)");
    }

    expression_result prefix(const named_field& field, bool negative) {
        if (!is_text(field.field))
            return list_query_error(peek().position, field.name + " is not text, so STARTS_WITH cannot be asked of it");
        if (peek().what != list_token::kind::text) return unexpected("text in quotes after STARTS_WITH");
        list_expression made = about(field, list_expression::kind::compare);
        made.op = negative ? comparison::not_starts_with : comparison::starts_with;
        made.literals.emplace_back(peek().value);
        ++at_;
        return made;
    }

    expression_result null_check(const named_field& field) {
        const bool negative = take_word("NOT");
        if (!take_word("NULL")) return unexpected("NULL after IS");
        return sign(negative, about(field, list_expression::kind::is_null));
    }

    expression_result membership(const named_field& field) {
        if (!take_symbol("(")) return unexpected("'(' after IN");
        list_expression made = about(field, list_expression::kind::in);
        do {
            auto value = literal(field);
            if (!value) return std::move(value).error();
            made.literals.push_back(std::move(*value));
        } while (take_symbol(","));
        if (!take_symbol(")")) return unexpected("',' or ')'");
        return made;
    }

    expression_result between(const named_field& field) {
        if (!is_ordered(field.field))
            return list_query_error(peek().position, field.name + " has no order; compare it with =, != or IN");
        list_expression both;
        both.what = list_expression::kind::conjunction;
        expression_result low = compare(field, comparison::greater_equal);
        if (!low) return low;
        if (!take_word("AND")) return unexpected("AND between the two values of BETWEEN");
        expression_result high = compare(field, comparison::less_equal);
        if (!high) return high;
        both.children.push_back(std::move(*low));
        both.children.push_back(std::move(*high));
        return both;
    }

    result<done> group_by(list_filter& filter) {
        ++at_;
        if (!take_word("BY")) return unexpected("BY after GROUP");
        if (peek().value != "ExecutionStatus") return unexpected("ExecutionStatus, the only field that counts are grouped by");
        ++at_;
        filter.group_by_status = true;
        return done{};
    }

    result<done> order_by(list_filter& filter) {
        ++at_;
        if (!take_word("BY")) return unexpected("BY after ORDER");
        auto field = resolve_field(peek());
        if (!field) return std::move(field).error();
        const bool time = field->field == list_field::start_time || field->field == list_field::close_time ||
                          field->field == list_field::execution_time;
        if (!time) return unexpected("StartTime, CloseTime or ExecutionTime, the fields that lists are ordered by");
        ++at_;
        filter.order_by = field->field;
        if (take_word("ASC")) {
            filter.descending = false;
        } else {
            take_word("DESC");
            filter.descending = true;
        }
        return done{};
    }

    std::vector<list_token> tokens_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t conditions_ = 0;
    std::size_t values_ = 0;
};

}  // namespace

result<list_filter> parse_list_filter(std::string_view text) {
    auto tokens = tokenize_list_query(text);
    if (!tokens) return std::move(tokens).error();
    return parser(std::move(*tokens)).run();
}

}  // namespace perdure::history
