#include "history_service/store/sqlite/due_runs.hpp"

#include <algorithm>
#include <iterator>

namespace perdure::history::sqlite {

std::vector<due_run> due_runs(reader& tables, const std::map<run_number, std::optional<wall_time>>& newer, wall_time until,
                              const std::optional<due_run>& after, std::size_t limit) {
    std::vector<due_run> found;
    // Where the page is full without what is newer, that may only push its end out.
    for (std::optional<due_run> from = after; found.size() < limit;) {
        const std::vector<due_run> page = tables.due_runs(until, from, limit);
        std::ranges::copy_if(page, std::back_inserter(found), [&](const due_run& due) { return !newer.contains(due.run); });
        if (page.size() < limit) break;
        from = page.back();
    }
    for (const auto& [run, due] : newer)
        if (due && *due <= until && (!after || due_run{*due, run} > *after)) found.push_back({*due, run});
    std::ranges::sort(found);
    if (found.size() > limit) found.resize(limit);
    return found;
}

}  // namespace perdure::history::sqlite
