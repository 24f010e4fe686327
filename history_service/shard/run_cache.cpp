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

constexpr std::size_t min_unmeasured = std::size_t{4} * 1024;

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

// Measuring walks the whole state, so it waits until a fair part of it may be new; until then what was added is assumed to
// have stayed.
void run_cache::measure(run_entry& entry) {
    if (entry.state_bytes == 0 || entry.unmeasured_bytes > std::max(min_unmeasured, entry.state_bytes / 4)) {
        entry.state_bytes = memory_bytes(entry.state);
        entry.unmeasured_bytes = 0;
    }
    const std::size_t size = sizeof(run_entry) + entry.state_bytes + entry.unmeasured_bytes + entry.tail.bytes() +
                             entry.outstanding.size() * sizeof(outstanding_task) + entry.state.key().workflow_id.size() * 3;
    bytes_ += size - entry.bytes;
    entry.bytes = size;
}

void run_cache::touch(run_entry& entry) {
    recent_.splice(recent_.end(), recent_, entry.recent);
    measure(entry);
}

void run_cache::shrink(std::size_t bytes, const std::function<bool(const run_entry&)>& may_go) {
    for (auto at = recent_.begin(); bytes_ > bytes && at != recent_.end();) {
        const run_number run = *at++;
        if (may_go(*entries_.at(run))) erase(run);
    }
}

}  // namespace perdure::history
