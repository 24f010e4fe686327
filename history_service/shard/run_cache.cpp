#include "history_service/shard/run_cache.hpp"

#include <algorithm>

#include "api/assert.hpp"

namespace perdure::history {
namespace {

// Ids are text without a zero byte in it only by habit, so the lengths are part of the name.
std::string joined(const std::string& a, const std::string& b) {
    std::string name = std::to_string(a.size()) + ':';
    name.append(a).append(b);
    return name;
}

std::string joined(const run_key& key) { return joined(joined(key.namespace_name, key.workflow_id), key.run_id); }

// What a run costs beside itself: its places in the cache's and the wake-ups' indexes, without the names in them.
constexpr std::size_t index_bytes = 600;

std::size_t bytes_of_indexes(const run_key& key) {
    // Joined, they are the key of the run; without the run's id, of its workflow.
    return index_bytes + 2 * (key.namespace_name.size() + key.workflow_id.size()) + key.run_id.size();
}

std::size_t bytes_of(const outstanding_task& task) {
    constexpr std::size_t node = 48;
    constexpr std::size_t texts = 2 * 48;
    return node + sizeof(task_ref) + sizeof(outstanding_task) + texts + task.queue.name().size() +
           task.queue.normal_name().size();
}

constexpr std::size_t min_unmeasured = std::size_t{2} * 1024;

}  // namespace

run_entry* run_cache::find(run_number run) {
    const auto at = entries_.find(run);
    return at == entries_.end() ? nullptr : at->second.get();
}

std::optional<run_number> run_cache::find(const run_key& key) const {
    const auto at = by_key_.find(joined(key));
    return at == by_key_.end() ? std::optional<run_number>{} : at->second;
}

std::optional<run_number> run_cache::current(const std::string& namespace_name, const std::string& workflow_id) const {
    const auto at = current_.find(joined(namespace_name, workflow_id));
    return at == current_.end() ? std::optional<run_number>{} : at->second;
}

run_entry& run_cache::insert(std::unique_ptr<run_entry> entry) {
    run_entry& made = *entry;
    const bool fresh = by_key_.emplace(joined(made.state.key()), made.number).second;
    PERDURE_ASSERT(fresh, "a run is cached once");
    made.recent = recent_.insert(recent_.end(), made.number);
    entries_.emplace(made.number, std::move(entry));
    made.start_bytes = start_bytes(made.state);
    measure(made);
    return made;
}

void run_cache::set_current(const run_key& key, run_number run) { current_[joined(key.namespace_name, key.workflow_id)] = run; }

void run_cache::forget_current(const run_key& key) { current_.erase(joined(key.namespace_name, key.workflow_id)); }

void run_cache::erase(run_number run) {
    const auto at = entries_.find(run);
    if (at == entries_.end()) return;
    const run_entry& entry = *at->second;
    bytes_ -= entry.bytes;
    by_key_.erase(joined(entry.state.key()));
    const auto pointer = current_.find(joined(entry.state.key().namespace_name, entry.state.key().workflow_id));
    if (pointer != current_.end() && pointer->second == run) current_.erase(pointer);
    recent_.erase(entry.recent);
    entries_.erase(at);
}

// Measuring walks the whole state, so it waits until a fair part of it may be new. Until then the number of things in it tells
// how it changed; what was added is taken for what it is in the journal.
void run_cache::measure(run_entry& entry) {
    const std::size_t counted = counted_bytes(entry.state);
    const bool closed_since = !entry.state.running() && entry.unmeasured_bytes > 0;
    if (entry.measured_bytes == 0 || closed_since ||
        entry.unmeasured_bytes > std::max(min_unmeasured, entry.measured_bytes / 4)) {
        entry.measured_bytes = memory_bytes(entry.state, entry.start_bytes);
        entry.counted_bytes = counted;
        entry.unmeasured_bytes = 0;
    }
    const std::size_t state = entry.measured_bytes + counted + entry.unmeasured_bytes;
    std::size_t size = sizeof(run_entry) - sizeof(run_state) + state - std::min(state, entry.counted_bytes) + entry.tail.bytes() +
                       bytes_of_indexes(entry.state.key());
    for (const auto& [ref, task] : entry.outstanding) size += bytes_of(task);
    bytes_ += size - entry.bytes;
    entry.bytes = size;
}

void run_cache::touch(run_entry& entry) {
    recent_.splice(recent_.end(), recent_, entry.recent);
    measure(entry);
}

void run_cache::shrink(std::size_t bytes, const std::function<bool(const run_entry&)>& may_go,
                       const std::function<void(const run_entry&)>& goes) {
    for (auto at = recent_.begin(); bytes_ > bytes && at != recent_.end();) {
        const run_entry& entry = *entries_.at(*at++);
        if (!may_go(entry)) continue;
        goes(entry);
        erase(entry.number);
    }
}

}  // namespace perdure::history
