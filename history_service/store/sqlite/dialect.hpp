#pragma once

#include "history_service/store/sql/filter_sql.hpp"

namespace perdure::history::sqlite {

/// SQLite's SQL: one column of any type holds an attribute's value.
class dialect final : public sql_dialect {
  public:
    [[nodiscard]] std::string placeholder(std::size_t, const attribute_value&) const override { return "?"; }
    [[nodiscard]] std::string_view any() const override { return "max"; }
    [[nodiscard]] std::string_view all() const override { return "min"; }
    [[nodiscard]] std::string_view attributes() const override { return "FROM attributes AS a WHERE a.run = r.run"; }
    [[nodiscard]] std::string_view always() const override { return "1"; }
    void compare_attribute(sql_text& out, comparison op, const list_literal& literal) const override;
    void attribute_in(sql_text& out, const std::vector<list_literal>& literals) const override;
    void index_hint(sql_text& out, const std::string& attribute, const list_literal& literal) const override;
};

}  // namespace perdure::history::sqlite
