#include "history_service/store/sqlite/filter_sql.hpp"

#include <string_view>

namespace perdure::history::sqlite {
namespace {

std::string_view column_of(list_field field) {
    switch (field) {
        case list_field::execution_status:
            return "r.status";
        case list_field::workflow_type:
            return "r.workflow_type";
        case list_field::workflow_id:
            return "r.workflow_id";
        case list_field::run_id:
            return "r.run_id";
        case list_field::start_time:
            return "r.start_time";
        case list_field::close_time:
            return "r.close_time";
        case list_field::execution_time:
            return "r.execution_time";
        case list_field::task_queue:
            return "r.task_queue";
        case list_field::history_length:
            return "r.history_length";
        case list_field::execution_duration:
            return "(r.close_time - r.execution_time)";
        case list_field::attribute:
            break;
    }
    return "a.value";
}

class translator {
  public:
    explicit translator(sql_condition& out) : out_(out) {}

    void add(const list_expression& e) {
        switch (e.what) {
            case list_expression::kind::compare:
                return compare(e);
            case list_expression::kind::in:
                return membership(e);
            case list_expression::kind::is_null:
                return null_check(e);
            case list_expression::kind::negation:
                text("NOT ");
                return add(e.children.front());
            case list_expression::kind::conjunction:
                return join(e, " AND ");
            case list_expression::kind::disjunction:
                return join(e, " OR ");
        }
    }

    // A condition that an index can find: the rows with this value of an attribute.
    void add_index_hint(const list_expression& e) {
        text(" AND r.run IN (SELECT run FROM attributes WHERE name = ");
        value(e.attribute);
        text(" AND value = ");
        value(e.literals.front());
        text(")");
    }

  private:
    void text(std::string_view sql) { out_.sql += sql; }
    void value(attribute_value bound) {
        text("?");
        out_.values.push_back(std::move(bound));
    }

    void join(const list_expression& e, std::string_view word) {
        text("(");
        for (std::size_t i = 0; i < e.children.size(); ++i) {
            if (i > 0) text(word);
            add(e.children[i]);
        }
        text(")");
    }

    // An attribute may have several values: the question is put to each, and `fold` (max: to any, min: to all) gives one
    // answer. Without a value the answer is NULL, as for a column that is NULL.
    template <class Question>
    void ask(const list_expression& e, std::string_view fold, Question&& question) {
        if (e.field != list_field::attribute) {
            text("(");
            question();
            text(")");
            return;
        }
        text("(SELECT ");
        text(fold);
        text("(");
        question();
        text(") FROM attributes AS a WHERE a.run = r.run AND a.name = ");
        value(e.attribute);
        text(")");
    }

    void compare(const list_expression& e) {
        const bool ask_all = e.op == comparison::not_equal || e.op == comparison::not_starts_with;
        ask(e, ask_all ? "min" : "max", [&] {
            const list_literal& literal = e.literals.front();
            const bool mixed = e.field == list_field::attribute;
            // SQLite orders all numbers before all text; here there is no order between the two.
            if (mixed)
                text(std::holds_alternative<std::string>(literal) ? "CASE WHEN typeof(a.value) = 'text' THEN "
                                                                  : "CASE WHEN typeof(a.value) <> 'text' THEN ");
            operation(column_of(e.field), e.op, literal);
            if (mixed) text(" END");
        });
    }

    void operation(std::string_view column, comparison op, const list_literal& literal) {
        if (op == comparison::starts_with || op == comparison::not_starts_with) {
            text("substr(");
            text(column);
            text(", 1, length(");
            value(literal);
            text(op == comparison::starts_with ? ")) = " : ")) <> ");
            return value(literal);
        }
        text(column);
        switch (op) {
            case comparison::equal:
                text(" = ");
                break;
            case comparison::not_equal:
                text(" <> ");
                break;
            case comparison::less:
                text(" < ");
                break;
            case comparison::less_equal:
                text(" <= ");
                break;
            case comparison::greater:
                text(" > ");
                break;
            default:
                text(" >= ");
                break;
        }
        value(literal);
    }

    void membership(const list_expression& e) {
        ask(e, "max", [&] {
            text(column_of(e.field));
            text(" IN (");
            for (std::size_t i = 0; i < e.literals.size(); ++i) {
                if (i > 0) text(", ");
                value(e.literals[i]);
            }
            text(")");
        });
    }

    void null_check(const list_expression& e) {
        if (e.field != list_field::attribute) {
            text("(");
            text(column_of(e.field));
            text(" IS NULL)");
            return;
        }
        text("NOT EXISTS (SELECT 1 FROM attributes AS a WHERE a.run = r.run AND a.name = ");
        value(e.attribute);
        text(")");
    }

    sql_condition& out_;
};

bool has_index(const list_expression& e) {
    return e.what == list_expression::kind::compare && e.field == list_field::attribute && e.op == comparison::equal;
}

}  // namespace

sql_condition condition_of(const list_filter& filter) {
    sql_condition made;
    if (!filter.where) {
        made.sql = "1";
        return made;
    }
    translator translate(made);
    translate.add(*filter.where);
    const list_expression& where = *filter.where;
    if (has_index(where)) translate.add_index_hint(where);
    if (where.what == list_expression::kind::conjunction)
        for (const list_expression& child : where.children)
            if (has_index(child)) translate.add_index_hint(child);
    return made;
}

std::string order_expression(const list_filter& filter) {
    switch (filter.order_by) {
        case list_field::execution_time:
            return "r.execution_time";
        case list_field::close_time:
            return "ifnull(r.close_time, 9223372036854775807)";
        default:
            return "r.start_time";
    }
}

}  // namespace perdure::history::sqlite
