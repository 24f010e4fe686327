#include <algorithm>

#include "api/ids.hpp"
#include "history_service/shard/core.hpp"
#include "history_service/shard/rows_of_state.hpp"

namespace perdure::history {
namespace {

service_failure run_not_found(const std::string& workflow_id, const std::string& run_id) {
    std::string message = "workflow not found for ID: " + workflow_id;
    if (!run_id.empty()) message += " and run ID: " + run_id;
    return {status_code::not_found, message + ". Look at the id and the namespace; a closed run is deleted after its retention."};
}

// What is stored is checked where it comes in: the tail trusts what it is given.
bool is_whole(const journal_record& record) {
    event_walk walk(record.bytes, event_walk::of::record);
    std::int64_t events = 0;
    while (!walk.next().empty()) ++events;
    return !walk.failed() && events == record.event_count;
}

// The next workflow task goes on after the events of the last one, which were read with the run.
void keep_tail(run_entry& entry, const std::vector<journal_record>& records, std::size_t bytes) {
    std::size_t kept = 0;
    auto from = records.end();
    while (from != records.begin() && kept + (from - 1)->bytes.size() <= bytes && is_whole(*(from - 1)))
        kept += (--from)->bytes.size();
    const auto first = std::find_if(from, records.end(), [](const journal_record& record) { return record.event_count > 0; });
    if (first == records.end()) return;
    entry.tail = event_tail(first->first_event_id);
    for (auto at = first; at != records.end(); ++at)
        entry.tail.push(at->bytes, at->sequence, {at->first_event_id, at->first_event_id + at->event_count - 1});
}

}  // namespace

result<run_entry*> history_shard::core::entry_of(run_number run) {
    ++cache_requests_;
    if (run_entry* cached = cache_.find(run)) {
        cache_.touch(*cached);
        return cached;
    }
    if (queue_.is_erased(run)) return run_not_found("number " + std::to_string(run), "");
    return load(run);
}

result<run_entry*> history_shard::core::load(run_number run) {
    if (auto read = ahead_.take(run)) return put_into_cache(std::move(*read));
    auto loaded = around_.rows.load_run(run);
    if (!loaded) return std::move(loaded).error();
    if (!*loaded) return run_not_found("number " + std::to_string(run), "");
    return put_into_cache(std::move(**loaded));
}

result<run_entry*> history_shard::core::put_into_cache(loaded_run loaded) {
    auto state = state_of(loaded);
    if (!state) return std::move(state).error();
    auto entry = std::make_unique<run_entry>(loaded.run, std::move(*state));
    entry->durable_sequence = entry->written_sequence = entry->state.execution.sequence;
    entry->stored_wakeup = loaded.wakeup;
    if (loaded.checkpoint) entry->checkpoint_bytes = loaded.checkpoint->bytes.size();
    for (const journal_record& record : loaded.records) entry->journal_bytes += record.bytes.size();
    keep_tail(*entry, loaded.records, options_.tail_bytes);
    for (const outstanding_task& task : outstanding_tasks(entry->state)) entry->outstanding.emplace(task.task, task);
    run_entry& cached = cache_.insert(std::move(entry));
    arm(cached);
    return &cached;
}

bool history_shard::core::must_ask(const std::string& namespace_name, const std::string& workflow_id) const {
    return ids_.is_wanted() && !queue_.pointer(namespace_name, workflow_id) && !cache_.current(namespace_name, workflow_id);
}

result<run_entry*> history_shard::core::newest(const std::string& namespace_name, const std::string& workflow_id) {
    std::optional<run_number> run;
    if (const auto pending = queue_.pointer(namespace_name, workflow_id)) {
        run = *pending;
    } else if (const auto cached = cache_.current(namespace_name, workflow_id)) {
        run = cached;
    } else if (const auto told = ids_.answer({namespace_name, workflow_id})) {
        run = *told;
    } else {
        const auto stored = around_.rows.current_run(namespace_name, workflow_id);
        if (!stored) return service_failure(stored.error());
        run = *stored;
    }
    if (!run) return nullptr;
    auto entry = entry_of(*run);
    if (entry) cache_.set_current((*entry)->state.key(), *run);
    return entry;
}

result<run_entry*> history_shard::core::resolve(const std::string& namespace_name, const std::string& workflow_id,
                                                const std::string& run_id) {
    if (lost_lease_) return *lost_lease_;
    if (workflow_id.empty())
        return service_failure{status_code::invalid_argument, "WorkflowId is not set on request. Name the workflow."};
    if (workflow_id.size() > options_.bounds.id_bytes)
        return service_failure{status_code::invalid_argument,
                               "WorkflowId length exceeds limit of " + std::to_string(options_.bounds.id_bytes) + " bytes."};
    if (run_id.empty()) {
        auto entry = newest(namespace_name, workflow_id);
        if (entry && *entry == nullptr) return run_not_found(workflow_id, run_id);
        return entry;
    }
    const run_key key{namespace_name, workflow_id, run_id};
    std::optional<run_number> run = cache_.find(key);
    if (!run) {
        const auto stored = around_.rows.find_run(key);
        if (!stored) return service_failure(stored.error());
        run = *stored;
    }
    if (!run || queue_.is_erased(*run)) return run_not_found(workflow_id, run_id);
    return entry_of(*run);
}

// The run is gone for everybody with the next batch. It must be closed.
void history_shard::core::remove_run(run_entry& entry) {
    const run_key key = entry.state.key();
    const run_number run = entry.number;
    run_write& write = queue_.write_of(entry);
    for (const auto& [ref, task] : entry.outstanding) {
        write.remove_task(task_row_of(run, entry.state, task));
        later([this, offer = offer_of(entry, task)] { around_.sink.task_withdrawn(offer, false); });
    }
    queue_.erase(run);
    const auto current = newest(key.namespace_name, key.workflow_id);
    if (current && *current == &entry) {
        ids_.forget({key.namespace_name, key.workflow_id});
        queue_.point(key, std::nullopt);
    }
    window_.disarm(run);
    garbage_may_be_left_ = true;
    const service_failure gone = run_not_found(key.workflow_id, key.run_id);
    drop_queries_of(run, gone);
    wake_history(run, true);
    cache_.erase(run);
}

// A token is what a worker says: its number of the run is believed only where the names agree.
run_entry* history_shard::core::cached_run_of(const task_token& token) {
    if (lost_lease_ || token.run_number == 0) return nullptr;
    run_entry* const cached = cache_.find(token.run_number);
    if (cached == nullptr) return nullptr;
    const run_key& key = cached->state.key();
    if (key.run_id != token.run_id || key.workflow_id != token.workflow_id || key.namespace_name != token.space) return nullptr;
    ++cache_requests_;
    cache_.touch(*cached);
    return cached;
}

result<history_shard::core::claimed_run> history_shard::core::claim_of(const std::string& namespace_name,
                                                                       const std::string& token, perdure::task_kind kind) {
    auto decoded = decode_token(token, kind);
    if (!decoded) return std::move(decoded).error();
    if (!namespace_name.empty() && namespace_name != decoded->space)
        return service_failure{status_code::invalid_argument, "The task token is of namespace '" + decoded->space +
                                                                  "', the request is for '" + namespace_name + "'."};
    claimed_run found;
    found.entry = cached_run_of(*decoded);
    if (found.entry == nullptr) {
        auto entry = resolve(decoded->space, decoded->workflow_id, decoded->run_id);
        if (!entry) return std::move(entry).error();
        found.entry = *entry;
    }
    found.claim.scheduled_event_id = decoded->scheduled_event_id;
    found.claim.started_event_id = decoded->started_event_id;
    found.claim.attempt = decoded->attempt;
    found.claim.request_id = std::move(decoded->request_id);
    found.claim.activity_id = std::move(decoded->activity_id);
    return found;
}

result<history_shard::core::claimed_run> history_shard::core::claim_by_id(const std::string& namespace_name,
                                                                          const std::string& workflow_id,
                                                                          const std::string& run_id,
                                                                          const std::string& activity_id) {
    auto entry = resolve(namespace_name, workflow_id, run_id);
    if (!entry) return std::move(entry).error();
    auto claim = claim_by_activity_id((*entry)->state, activity_id);
    if (!claim) return std::move(claim).error();
    return claimed_run{*entry, std::move(*claim)};
}

}  // namespace perdure::history
