#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "history_service/store/sqlite/reader.hpp"

namespace perdure::history::sqlite {

/// A page of wake-ups as `store::due_runs` has it: those of the tables, except where `newer` says something else of a run.
[[nodiscard]] std::vector<due_run> due_runs(reader& tables, const std::map<run_number, std::optional<wall_time>>& newer,
                                            wall_time until, const std::optional<due_run>& after, std::size_t limit);

}  // namespace perdure::history::sqlite
