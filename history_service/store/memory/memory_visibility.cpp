#include <algorithm>

#include "history_service/store/memory/memory_store.hpp"
#include "history_service/visibility/evaluate.hpp"

namespace perdure::history {

using guard = std::lock_guard<std::mutex>;

result<visibility_page> memory_store::list(std::string_view namespace_name, const list_filter& filter,
                                           const std::optional<list_cursor>& after, std::size_t limit) {
    const guard lock(mutex_);
    std::vector<std::pair<list_cursor, const visibility_row*>> found;
    for (const auto& [number, run] : runs_) {
        const visibility_row& row = run.visibility;
        const list_cursor place = cursor_of(filter, row);
        if (row.namespace_name != namespace_name || (after && !comes_after(filter, *after, place)) || !matches(filter, row))
            continue;
        found.emplace_back(place, &row);
    }
    std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return comes_after(filter, a.first, b.first); });
    visibility_page page;
    for (std::size_t i = 0; i < found.size() && i < limit; ++i) page.rows.push_back(*found[i].second);
    if (found.size() > limit && limit > 0) page.next = found[limit - 1].first;
    return page;
}

result<std::vector<status_count>> memory_store::count(std::string_view namespace_name, const list_filter& filter) {
    const guard lock(mutex_);
    std::map<int, std::int64_t> counts;
    for (const auto& [number, run] : runs_)
        if (run.visibility.namespace_name == namespace_name && matches(filter, run.visibility)) ++counts[run.visibility.status];
    std::vector<status_count> found;
    found.reserve(counts.size());
    for (const auto& [status, count] : counts) found.push_back({status, count});
    return found;
}

result<std::vector<visibility_row>> memory_store::scan_runs(run_number after, std::size_t limit) {
    const guard lock(mutex_);
    std::vector<visibility_row> found;
    for (auto at = runs_.upper_bound(after); at != runs_.end() && found.size() < limit; ++at)
        found.push_back(at->second.visibility);
    return found;
}

result<std::vector<std::string>> memory_store::check_rows() {
    const guard lock(mutex_);
    std::vector<std::string> findings;
    for (const auto& [queue, data] : queues_)
        for (const auto& [position, attempt] : data.tasks)
            if (!runs_.contains(position.run))
                findings.push_back("task queue '" + queue.name + "' has a task of run " + std::to_string(position.run) +
                                   ", which is not there");
    for (const auto& [id, run] : current_)
        if (!runs_.contains(run))
            findings.push_back("workflow '" + id.second + "' points to run " + std::to_string(run) + ", which is not there");
    return findings;
}

}  // namespace perdure::history
