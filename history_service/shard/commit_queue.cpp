#include "history_service/shard/commit_queue.hpp"

#include <algorithm>

#include "api/assert.hpp"

namespace perdure::history {

run_write& commit_queue::write_of(const run_entry& entry) {
    const auto [at, fresh] = waiting_.try_emplace(entry.number);
    run_write& write = at->second;
    if (fresh) {
        write.run = entry.number;
        write.previous_sequence = entry.written_sequence;
    }
    return write;
}

void commit_queue::add_task(run_write& write, const task_row& row) { write.tasks_added.push_back(row); }

// A task that came and went while the batch was gathered is never written at all.
void commit_queue::remove_task(run_write& write, const task_row& row) {
    const auto added = std::find_if(write.tasks_added.begin(), write.tasks_added.end(), [&](const task_row& other) {
        return other.position == row.position && other.queue == row.queue;
    });
    if (added != write.tasks_added.end())
        write.tasks_added.erase(added);
    else
        write.tasks_removed.push_back(row);
}

void commit_queue::point(const run_key& key, std::optional<run_number> run) {
    const std::pair id{key.namespace_name, key.workflow_id};
    pointers_[id] = {key, run, last_};
    if (std::find(pointers_waiting_.begin(), pointers_waiting_.end(), id) == pointers_waiting_.end())
        pointers_waiting_.push_back(id);
}

void commit_queue::erase(run_number run) {
    erased_.push_back(run);
    erasing_[run] = last_;
}

std::optional<std::optional<run_number>> commit_queue::pointer(const std::string& namespace_name,
                                                               const std::string& workflow_id) const {
    if (pointers_.empty()) return std::nullopt;
    const auto at = pointers_.find({namespace_name, workflow_id});
    if (at == pointers_.end()) return std::nullopt;
    return at->second.run;
}

std::vector<run_number> commit_queue::runs_under_way() const {
    std::vector<run_number> runs;
    runs.reserve(under_way_.size() + waiting_.size());
    for (const auto& [run, sequence] : under_way_) runs.push_back(run);
    for (const auto& [run, write] : waiting_) runs.push_back(run);
    return runs;
}

void commit_queue::hold(ticket of, release fn, waiter who) {
    if (is_durable(of)) return fn(nullptr);
    if (who == waiter::waits) waited_for_ = std::max(waited_for_, of);
    held_.emplace(of, std::move(fn));
}

commit_batch commit_queue::take() {
    commit_batch batch;
    batch.epoch = epoch_;
    batch.runs.reserve(waiting_.size());
    for (auto& [run, write] : waiting_) {
        const std::int64_t last = write.records.empty() ? write.previous_sequence : write.records.back().sequence;
        under_way_.emplace_back(run, last);
        batch.runs.push_back(std::move(write));
    }
    waiting_.clear();
    for (const auto& id : pointers_waiting_) {
        const pointer_write& write = pointers_.at(id);
        batch.current_runs.push_back({id.first, id.second, write.run});
    }
    pointers_waiting_.clear();
    batch.deleted = std::move(erased_);
    erased_.clear();
    return batch;
}

void commit_queue::submit(std::function<void(const result<done>&)> finished, bool small) {
    PERDURE_ASSERT(!busy_, "one batch is written at a time");
    busy_ = true;
    under_way_up_to_ = last_;
    auto batch = std::make_shared<commit_batch>(take());
    auto outcome = std::make_shared<std::optional<result<done>>>();
    auto work = [this_rows = &rows_, batch, outcome] { outcome->emplace(this_rows->commit(*batch)); };
    // The batch comes home with the outcome: freeing it elsewhere than where it was made costs the allocator dearly.
    auto then = [this, alive = alive_, batch, outcome, finished = std::move(finished)] {
        if (!*alive) return;
        busy_ = false;
        finished(**outcome);
    };
    if (small) return writes_.run_small(std::move(work), std::move(then));
    writes_.run(std::move(work), std::move(then));
}

void commit_queue::collect_garbage(std::size_t rows, std::function<void(const result<std::size_t>&)> finished) {
    PERDURE_ASSERT(!busy_, "one batch is written at a time");
    busy_ = true;
    auto outcome = std::make_shared<std::optional<result<std::size_t>>>();
    writes_.run(
        [this_rows = &rows_, epoch = epoch_, rows, outcome] { outcome->emplace(this_rows->collect_garbage(epoch, rows)); },
        [this, alive = alive_, outcome, finished = std::move(finished)] {
            if (!*alive) return;
            busy_ = false;
            finished(**outcome);
        });
}

std::vector<std::pair<run_number, std::int64_t>> commit_queue::succeed() {
    durable_ = under_way_up_to_;
    std::erase_if(pointers_, [this](const auto& entry) { return is_durable(entry.second.at); });
    std::erase_if(erasing_, [this](const auto& entry) { return is_durable(entry.second); });
    return std::exchange(under_way_, {});
}

std::vector<commit_queue::release> commit_queue::take_released() {
    std::vector<release> released;
    const auto end = held_.upper_bound(durable_);
    for (auto at = held_.begin(); at != end; ++at) released.push_back(std::move(at->second));
    held_.erase(held_.begin(), end);
    return released;
}

std::vector<commit_queue::release> commit_queue::fail() {
    durable_ = last_;
    waited_for_ = 0;
    waiting_.clear();
    pointers_waiting_.clear();
    erased_.clear();
    pointers_.clear();
    erasing_.clear();
    under_way_.clear();
    return take_released();
}

}  // namespace perdure::history
