#include "history_service/store/sql/filter_sql.hpp"

#include <utility>

namespace perdure::history {
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
    return "";
}

class translator {
  public:
    translator(sql_condition& out, const sql_dialect& dialect) : out_(out, dialect), dialect_(dialect) {}

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

    void add_index_hint(const list_expression& e) { dialect_.index_hint(out_, e.attribute, e.literals.front()); }

  private:
    sql_text& text(std::string_view sql) { return out_.text(sql); }

    void join(const list_expression& e, std::string_view word) {
        text("(");
        for (std::size_t i = 0; i < e.children.size(); ++i) {
            if (i > 0) text(word);
            add(e.children[i]);
        }
        text(")");
    }

    // An attribute may have several values: the question is put to each, and `fold` gives one answer. Without a value the
    // answer is NULL, as for a column that is NULL.
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
        text(") ").text(dialect_.attributes()).text(" AND a.name = ").value(e.attribute).text(")");
    }

    void compare(const list_expression& e) {
        const bool ask_all = e.op == comparison::not_equal || e.op == comparison::not_starts_with;
        ask(e, ask_all ? dialect_.all() : dialect_.any(), [&] {
            const list_literal& literal = e.literals.front();
            if (e.field == list_field::attribute) return dialect_.compare_attribute(out_, e.op, literal);
            out_.operation(column_of(e.field), e.op, literal);
        });
    }

    void membership(const list_expression& e) {
        ask(e, dialect_.any(), [&] {
            if (e.field == list_field::attribute) return dialect_.attribute_in(out_, e.literals);
            text(column_of(e.field)).text(" IN (");
            for (std::size_t i = 0; i < e.literals.size(); ++i) text(i > 0 ? ", " : "").value(e.literals[i]);
            text(")");
        });
    }

    void null_check(const list_expression& e) {
        if (e.field != list_field::attribute) {
            text("(").text(column_of(e.field)).text(" IS NULL)");
            return;
        }
        text("NOT EXISTS (SELECT 1 ").text(dialect_.attributes()).text(" AND a.name = ").value(e.attribute).text(")");
    }

    sql_text out_;
    const sql_dialect& dialect_;
};

bool has_index(const list_expression& e) {
    return e.what == list_expression::kind::compare && e.field == list_field::attribute && e.op == comparison::equal;
}

std::string_view word_of(comparison op) {
    switch (op) {
        case comparison::equal:
            return " = ";
        case comparison::not_equal:
            return " <> ";
        case comparison::less:
            return " < ";
        case comparison::less_equal:
            return " <= ";
        case comparison::greater:
            return " > ";
        default:
            return " >= ";
    }
}

}  // namespace

sql_text& sql_text::text(std::string_view sql) {
    out_.sql += sql;
    return *this;
}

sql_text& sql_text::value(attribute_value bound) {
    out_.sql += dialect_.placeholder(out_.values.size() + 1, bound);
    out_.values.push_back(std::move(bound));
    return *this;
}

sql_text& sql_text::operation(std::string_view column, comparison op, const list_literal& literal) {
    if (op != comparison::starts_with && op != comparison::not_starts_with) return text(column).text(word_of(op)).value(literal);
    text("substr(").text(column).text(", 1, length(").value(literal);
    return text(op == comparison::starts_with ? ")) = " : ")) <> ").value(literal);
}

sql_condition condition_of(const list_filter& filter, const sql_dialect& dialect) {
    sql_condition made;
    if (!filter.where) {
        made.sql = dialect.always();
        return made;
    }
    translator translate(made, dialect);
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
            return "coalesce(r.close_time, 9223372036854775807)";
        default:
            return "r.start_time";
    }
}

}  // namespace perdure::history
