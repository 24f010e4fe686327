#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "history_service/store/sqlite/connection.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history::sqlite {

/// Lists and counts, on a connection of their own: they may take long. Functions throw `error`.
class lister {
  public:
    explicit lister(connection& db);

    [[nodiscard]] visibility_page list(std::string_view namespace_name, const list_filter& filter,
                                       const std::optional<list_cursor>& after, std::size_t limit);
    [[nodiscard]] std::vector<status_count> count(std::string_view namespace_name, const list_filter& filter);
    [[nodiscard]] std::vector<visibility_row> scan_runs(run_number after, std::size_t limit);

  private:
    [[nodiscard]] visibility_row row_of(const statement& at);

    connection& db_;
    statement attributes_;
    statement scan_;
};

}  // namespace perdure::history::sqlite
