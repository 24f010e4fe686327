#include "history_service/store/batch_fold.hpp"

#include <algorithm>
#include <iterator>

#include "api/assert.hpp"

namespace perdure::history {
namespace {

void follow(run_write& first, run_write next) {
    PERDURE_ASSERT(next.previous_sequence == first.last_sequence(), "the batches of a run follow each other");
    std::ranges::move(next.records, std::back_inserter(first.records));
    if (next.checkpoint) first.checkpoint = std::move(next.checkpoint);
    if (next.wakeup) first.wakeup = next.wakeup;
    for (task_row& task : next.tasks_removed) first.remove_task(std::move(task));
    std::ranges::move(next.tasks_added, std::back_inserter(first.tasks_added));
    if (next.visibility) first.visibility = std::move(next.visibility);
    first.history_bytes = next.history_bytes;
}

}  // namespace

void batch_fold::add(commit_batch batch) {
    ++batches_;
    for (run_write& write : batch.runs) add(std::move(write));
    for (current_run_write& write : batch.current_runs)
        current_[{std::move(write.namespace_name), std::move(write.workflow_id)}] = write.run;
    deleted_.insert(batch.deleted.begin(), batch.deleted.end());
}

void batch_fold::add(run_write write) {
    PERDURE_ASSERT(!deleted_.contains(write.run), "nothing is written of a run that is gone");
    if (write.created) created_[*write.created] = write.run;
    const auto [at, fresh] = runs_.try_emplace(write.run);
    if (fresh)
        at->second = std::move(write);
    else
        follow(at->second, std::move(write));
}

std::optional<std::int64_t> batch_fold::journal_end(run_number run) const {
    const auto at = runs_.find(run);
    return at == runs_.end() ? std::nullopt : std::optional(at->second.last_sequence());
}

std::optional<run_number> batch_fold::created(const run_key& key) const {
    const auto at = created_.find(key);
    return at == created_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<std::optional<run_number>> batch_fold::current_run(std::string_view namespace_name,
                                                                 std::string_view workflow_id) const {
    const auto at = current_.find({std::string(namespace_name), std::string(workflow_id)});
    if (at == current_.end()) return std::nullopt;
    return at->second;
}

}  // namespace perdure::history
