#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "history_service/store/postgres/session.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history::postgres {

/// Lists and counts, in a session of their own: they may take long. Functions throw `error`.
class lister {
  public:
    lister(session& from, std::chrono::milliseconds limit) : session_(from), limit_(limit) {}

    [[nodiscard]] visibility_page list(std::string_view namespace_name, const list_filter& filter,
                                       const std::optional<list_cursor>& after, std::size_t limit);
    [[nodiscard]] std::vector<status_count> count(std::string_view namespace_name, const list_filter& filter);
    [[nodiscard]] std::vector<visibility_row> scan_runs(run_number after, std::size_t limit);

  private:
    session& session_;
    std::chrono::milliseconds limit_;
};

}  // namespace perdure::history::postgres
