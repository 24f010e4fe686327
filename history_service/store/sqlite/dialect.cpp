#include "history_service/store/sqlite/dialect.hpp"

namespace perdure::history::sqlite {

// SQLite orders all numbers before all text; here there is no order between the two.
void dialect::compare_attribute(sql_text& out, comparison op, const list_literal& literal) const {
    out.text(std::holds_alternative<std::string>(literal) ? "CASE WHEN typeof(a.value) = 'text' THEN "
                                                          : "CASE WHEN typeof(a.value) <> 'text' THEN ");
    out.operation("a.value", op, literal).text(" END");
}

void dialect::attribute_in(sql_text& out, const std::vector<list_literal>& literals) const {
    out.text("a.value IN (");
    for (std::size_t i = 0; i < literals.size(); ++i) out.text(i > 0 ? ", " : "").value(literals[i]);
    out.text(")");
}

void dialect::index_hint(sql_text& out, const std::string& attribute, const list_literal& literal) const {
    out.text(" AND r.run IN (SELECT run FROM attributes WHERE name = ").value(attribute);
    out.text(" AND value = ").value(literal).text(")");
}

}  // namespace perdure::history::sqlite
