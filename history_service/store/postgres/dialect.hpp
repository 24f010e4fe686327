#pragma once

#include "history_service/store/sql/filter_sql.hpp"

namespace perdure::history::postgres {

/// PostgreSQL's SQL: an attribute's value stands in the one of three columns that has its type.
class dialect final : public sql_dialect {
  public:
    /// `first`: how many parameters the statement has before those of the condition.
    explicit dialect(std::size_t first) : first_(first) {}

    [[nodiscard]] std::string placeholder(std::size_t index, const attribute_value& value) const override;
    [[nodiscard]] std::string_view any() const override { return "bool_or"; }
    [[nodiscard]] std::string_view all() const override { return "bool_and"; }
    [[nodiscard]] std::string_view attributes() const override {
        return "FROM perdure.attributes AS a WHERE a.shard = 0 AND a.run = r.run";
    }
    [[nodiscard]] std::string_view always() const override { return "true"; }
    void compare_attribute(sql_text& out, comparison op, const list_literal& literal) const override;
    void attribute_in(sql_text& out, const std::vector<list_literal>& literals) const override;
    void index_hint(sql_text& out, const std::string& attribute, const list_literal& literal) const override;

  private:
    std::size_t first_;
};

}  // namespace perdure::history::postgres
