#include "history_service/store/rows.hpp"

#include <algorithm>

namespace perdure::history {

void run_write::remove_task(task_row task) {
    const auto added = std::ranges::find_if(
        tasks_added, [&task](const task_row& other) { return other.position == task.position && other.queue == task.queue; });
    if (added != tasks_added.end())
        tasks_added.erase(added);
    else
        tasks_removed.push_back(std::move(task));
}

}  // namespace perdure::history
