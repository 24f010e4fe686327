#include "history_service/store/memory/memory_store.hpp"

#include <algorithm>

#include "api/assert.hpp"
#include "history_service/store/check.hpp"

namespace perdure::history {

using guard = std::lock_guard<std::mutex>;

result<lease_answer> memory_store::acquire_lease(std::string_view owner, std::chrono::milliseconds) {
    const guard lock(mutex_);
    owner_ = owner;
    return lease_answer{shard_lease{++epoch_, runs_.empty() ? 1 : runs_.rbegin()->first + 1}};
}

result<done> memory_store::renew_lease(std::int64_t epoch) {
    const guard lock(mutex_);
    if (epoch != epoch_) return stale_epoch(epoch, epoch_);
    return done{};
}

result<done> memory_store::release_lease(std::int64_t epoch) {
    const guard lock(mutex_);
    if (epoch != epoch_) return stale_epoch(epoch, epoch_);
    ++epoch_;
    owner_.clear();
    return done{};
}

result<done> memory_store::check(const commit_batch& batch) const {
    if (batch.epoch != epoch_) return stale_epoch(batch.epoch, epoch_);
    for (const run_write& write : batch.runs) {
        const auto at = runs_.find(write.run);
        const std::int64_t last = at == runs_.end() || at->second.journal.empty() ? 0 : at->second.journal.back().sequence;
        if (last != write.previous_sequence || (at == runs_.end()) != write.created.has_value())
            return journal_conflict(write.run, write.previous_sequence, last);
        if (write.created && by_key_.contains(*write.created)) return journal_conflict(write.run, 0, 1);
    }
    return done{};
}

void memory_store::apply(const run_write& write) {
    if (write.created) {
        runs_[write.run].key = *write.created;
        by_key_[*write.created] = write.run;
    }
    run_data& run = runs_.at(write.run);
    run.journal.insert(run.journal.end(), write.records.begin(), write.records.end());
    if (write.checkpoint) run.checkpoint = write.checkpoint;
    if (write.wakeup) {
        if (run.wakeup) wakeups_.erase({*run.wakeup, write.run});
        run.wakeup = *write.wakeup;
        if (run.wakeup) wakeups_.insert({*run.wakeup, write.run});
    }
    for (const task_row& task : write.tasks_removed) {
        const auto queue = queues_.find(task.queue);
        if (queue == queues_.end()) continue;
        queue->second.tasks.erase(task.position);
        if (queue->second.tasks.empty()) queues_.erase(queue);
    }
    for (const task_row& task : write.tasks_added) queues_[task.queue].tasks[task.position] = task.attempt;
    if (write.visibility) run.visibility = *write.visibility;
}

void memory_store::erase(run_number run) {
    const auto at = runs_.find(run);
    if (at == runs_.end()) return;
    if (at->second.wakeup) wakeups_.erase({*at->second.wakeup, run});
    by_key_.erase(at->second.key);
    garbage_ += at->second.journal.size();
    runs_.erase(at);
}

result<done> memory_store::commit(const commit_batch& batch) {
    assert_well_formed(batch);
    const guard lock(mutex_);
    if (auto checked = check(batch); !checked) return checked;
    for (const run_write& write : batch.runs) apply(write);
    for (const current_run_write& write : batch.current_runs) {
        if (write.run)
            current_[{write.namespace_name, write.workflow_id}] = *write.run;
        else
            current_.erase({write.namespace_name, write.workflow_id});
    }
    for (const run_number run : batch.deleted) erase(run);
    return done{};
}

result<std::size_t> memory_store::collect_garbage(std::int64_t epoch, std::size_t max_rows) {
    const guard lock(mutex_);
    if (epoch != epoch_) return stale_epoch(epoch, epoch_);
    const std::size_t taken = std::min(max_rows, garbage_);
    garbage_ -= taken;
    return taken;
}

result<std::optional<run_number>> memory_store::current_run(std::string_view namespace_name, std::string_view workflow_id) {
    const guard lock(mutex_);
    const auto at = current_.find({std::string(namespace_name), std::string(workflow_id)});
    return at == current_.end() ? std::optional<run_number>{} : at->second;
}

result<std::vector<std::optional<run_number>>> memory_store::current_runs(std::span<const workflow_name> names) {
    const guard lock(mutex_);
    std::vector<std::optional<run_number>> found;
    for (const workflow_name& name : names) {
        const auto at = current_.find(name);
        found.push_back(at == current_.end() ? std::optional<run_number>{} : at->second);
    }
    return found;
}

result<std::optional<run_number>> memory_store::find_run(const run_key& key) {
    const guard lock(mutex_);
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? std::optional<run_number>{} : at->second;
}

std::optional<loaded_run> memory_store::loaded(run_number run) const {
    const auto at = runs_.find(run);
    if (at == runs_.end()) return std::nullopt;
    const run_data& data = at->second;
    loaded_run found{run, data.key, data.checkpoint, {}, data.wakeup};
    const std::int64_t from = data.checkpoint ? data.checkpoint->sequence : 0;
    found.records.assign(data.journal.begin() + from, data.journal.end());
    return found;
}

result<std::optional<loaded_run>> memory_store::load_run(run_number run) {
    const guard lock(mutex_);
    return loaded(run);
}

result<std::vector<loaded_run>> memory_store::load_runs(std::span<const run_number> runs) {
    const guard lock(mutex_);
    std::vector<loaded_run> found;
    for (const run_number run : runs)
        if (auto one = loaded(run)) found.push_back(std::move(*one));
    return found;
}

result<std::vector<journal_record>> memory_store::read_events(run_number run, std::int64_t first_event_id, std::size_t max_events,
                                                              std::size_t max_bytes) {
    const guard lock(mutex_);
    std::vector<journal_record> found;
    const auto at = runs_.find(run);
    if (at == runs_.end()) return found;
    std::size_t events = 0;
    std::size_t bytes = 0;
    const auto& journal = at->second.journal;
    auto record = std::partition_point(journal.begin(), journal.end(), [&](const journal_record& r) {
        return r.first_event_id + r.event_count <= first_event_id;
    });
    for (; record != journal.end() && (found.empty() || (events < max_events && bytes < max_bytes)); ++record) {
        if (record->event_count == 0) continue;
        events += static_cast<std::size_t>(record->event_count);
        bytes += record->bytes.size();
        found.push_back(*record);
    }
    return found;
}

result<std::vector<journal_record>> memory_store::read_events_reverse(run_number run, std::int64_t last_event_id,
                                                                      std::size_t max_events, std::size_t max_bytes) {
    const guard lock(mutex_);
    std::vector<journal_record> found;
    const auto at = runs_.find(run);
    if (at == runs_.end()) return found;
    std::size_t events = 0;
    std::size_t bytes = 0;
    const auto& journal = at->second.journal;
    auto record = std::partition_point(journal.begin(), journal.end(),
                                       [&](const journal_record& r) { return r.first_event_id <= last_event_id; });
    while (record != journal.begin() && (found.empty() || (events < max_events && bytes < max_bytes))) {
        --record;
        if (record->event_count == 0) continue;
        events += static_cast<std::size_t>(record->event_count);
        bytes += record->bytes.size();
        found.push_back(*record);
    }
    return found;
}

result<std::vector<journal_record>> memory_store::read_journal(run_number run, std::int64_t after_sequence, std::size_t limit) {
    const guard lock(mutex_);
    std::vector<journal_record> found;
    const auto at = runs_.find(run);
    if (at == runs_.end()) return found;
    for (const journal_record& record : at->second.journal)
        if (record.sequence > after_sequence && found.size() < limit) found.push_back(record);
    return found;
}

result<std::vector<due_run>> memory_store::due_runs(wall_time until, const std::optional<due_run>& after, std::size_t limit) {
    const guard lock(mutex_);
    std::vector<due_run> found;
    for (auto at = after ? wakeups_.upper_bound(*after) : wakeups_.begin();
         at != wakeups_.end() && at->due <= until && found.size() < limit; ++at)
        found.push_back(*at);
    return found;
}

result<std::vector<stored_task>> memory_store::outstanding_tasks(const queue_key& queue,
                                                                 const std::optional<task_position>& after, std::size_t limit) {
    const guard lock(mutex_);
    std::vector<stored_task> found;
    const auto at = queues_.find(queue);
    if (at == queues_.end()) return found;
    const auto& tasks = at->second.tasks;
    for (auto task = after ? tasks.upper_bound(*after) : tasks.begin(); task != tasks.end() && found.size() < limit; ++task) {
        const auto run = runs_.find(task->first.run);
        found.push_back({{queue, task->first, task->second}, run == runs_.end() ? run_key{} : run->second.key});
    }
    return found;
}

result<std::vector<queue_key>> memory_store::outstanding_queues(const std::optional<queue_key>& after, std::size_t limit) {
    const guard lock(mutex_);
    std::vector<queue_key> found;
    for (auto at = after ? queues_.upper_bound(*after) : queues_.begin(); at != queues_.end() && found.size() < limit; ++at)
        found.push_back(at->first);
    return found;
}

}  // namespace perdure::history
