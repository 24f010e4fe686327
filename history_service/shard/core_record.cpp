#include <memory>

#include "api/assert.hpp"
#include "history_service/shard/core.hpp"
#include "history_service/shard/encoded_record.hpp"
#include "history_service/shard/rows_of_state.hpp"

namespace perdure::history {
namespace {

template <class... Cases>
struct overloaded : Cases... {
    using Cases::operator()...;
};

}  // namespace

void history_shard::core::record(run_entry& entry, transition change) {
    if (change.empty()) return;
    write_record(entry, *change.record, change.consequences);
    if (change.successor) {
        // A new run is never left out either, so that both are in one batch.
        PERDURE_ASSERT(!queue_.is_left_out(entry.number), "a closed run is written with the run that follows it");
        adopt(std::move(*change.successor));
    }
    if (!entry.state.running() && !entry.book.empty()) settle_queries(entry, release_queries(entry.book));
}

// A new run joins the batch of whatever made it, and becomes the one that its workflow id means.
run_entry& history_shard::core::adopt(created_run made) {
    auto entry = std::make_unique<run_entry>(next_run_++, std::move(made.state));
    entry->tail = event_tail(1);
    run_entry& adopted = cache_.insert(std::move(entry));
    write_record(adopted, *made.record, made.consequences);
    ids_.forget({adopted.state.key().namespace_name, adopted.state.key().workflow_id});
    queue_.point(adopted.state.key(), adopted.number);
    cache_.set_current(adopted.state.key(), adopted.number);
    return adopted;
}

void history_shard::core::write_record(run_entry& entry, const journal::JournalRecord& record, const effects& consequences) {
    PERDURE_ASSERT(record.sequence() == entry.written_sequence + 1, "transitions of a run are written in their order");
    crowd_.touched(entry.number);
    run_write& write = queue_.write_of(entry);
    if (record.sequence() == 1) write.created = entry.state.key();
    const event_range events = events_of(record);
    journal_record row;
    row.sequence = record.sequence();
    row.first_event_id = events.empty() ? entry.state.execution.next_event_id : events.first;
    row.event_count = events.empty() ? 0 : events.last - events.first + 1;
    encoded_record encoded = encode(record);
    row.bytes = std::move(encoded.journal);
    entry.written_sequence = row.sequence;
    entry.journal_bytes += row.bytes.size();
    entry.unmeasured_bytes += row.bytes.size();
    if (changes_visibility(record, entry.state)) write.visibility = visibility_row_of(entry.number, entry.state);
    entry.tail.push(std::move(encoded.events), row.sequence, events);
    write.records.push_back(std::move(row));
    for (const effect& consequence : consequences) act(entry, write, consequence);
    leave_out_or_take_along(entry);
    arm(entry);
    cache_.touch(entry);
}

void history_shard::core::act(run_entry& entry, run_write& write, const effect& consequence) {
    const auto notice = [&](std::int64_t scheduled, std::int32_t attempt, std::string token, std::string reason) {
        return activity_notice{entry.state.key(), scheduled, attempt, std::move(token), std::move(reason)};
    };
    const auto token = [&](std::int64_t scheduled, std::int32_t attempt, const std::string& start,
                           const std::string& activity_id) {
        task_claim claim;
        claim.scheduled_event_id = scheduled;
        claim.attempt = attempt;
        claim.request_id = start;
        claim.activity_id = activity_id;
        return token_of(entry, claim, perdure::task_kind::activity);
    };
    std::visit(
        overloaded{
            [&](const offer_task& offer) {
                entry.outstanding.insert_or_assign(offer.task.task, offer.task);
                write.tasks_added.push_back(task_row_of(entry.number, entry.state, offer.task));
                later([this, made = offer_of(entry, offer.task)] {
                    const run_entry* now = cache_.find(made.run);
                    if (now != nullptr && now->outstanding.contains(made.task)) around_.sink.task_offered(made);
                });
            },
            [&](const withdraw_task& gone) {
                const auto at = entry.outstanding.find(gone.task);
                if (at == entry.outstanding.end()) return;
                write.remove_task(task_row_of(entry.number, entry.state, at->second));
                later([this, was = offer_of(entry, at->second), started = gone.started] {
                    around_.sink.task_withdrawn(was, started);
                });
                entry.outstanding.erase(at);
            },
            [&](const cancel_activity& cancel) {
                queue_.hold(
                    entry.number,
                    [this, told = notice(cancel.scheduled_event_id, cancel.attempt,
                                         token(cancel.scheduled_event_id, cancel.attempt, cancel.request_id, cancel.activity_id),
                                         cancel.reason)](const service_failure* lost) {
                        if (lost == nullptr) later([this, told] { around_.sink.activity_cancel_requested(told); });
                    });
            },
            [&](const abandon_activity& left) {
                queue_.hold(entry.number,
                            [this, told = notice(left.scheduled_event_id, left.attempt,
                                                 token(left.scheduled_event_id, left.attempt, left.request_id, left.activity_id),
                                                 {})](const service_failure* lost) {
                                if (lost == nullptr) later([this, told] { around_.sink.activity_abandoned(told); });
                            });
            },
            [&](const history_grew&) { wake_history(entry.number, false); },
            [&](const run_closed&) {
                wake_history(entry.number, true);
                later([this, run = entry.number] {
                    if (run_entry* closed = cache_.find(run)) plan_waiting(*closed);
                });
            },
        },
        consequence);
}

// In memory the run is looked at when its state or its row says, whichever is earlier.
void history_shard::core::arm(run_entry& entry) {
    auto due = wakeup_of(entry.state, options_.retention);
    if (entry.stored_wakeup && queue_.is_durable(entry.number) && (!due || *entry.stored_wakeup < *due))
        due = entry.stored_wakeup;
    window_.arm(entry.number, due);
}

offered_task history_shard::core::offer_of(const run_entry& entry, const outstanding_task& task) const {
    return {entry.number,       entry.state.key(), task.task, queue_key_of(entry.state, task), normal_queue_of(entry.state, task),
            task.scheduled_time};
}

std::string history_shard::core::token_of(const run_entry& entry, const task_claim& claim, perdure::task_kind kind) const {
    const run_key& key = entry.state.key();
    task_token token;
    token.kind = kind;
    token.space = key.namespace_name;
    token.workflow_id = key.workflow_id;
    token.run_id = key.run_id;
    token.scheduled_event_id = claim.scheduled_event_id;
    token.started_event_id = claim.started_event_id;
    token.attempt = claim.attempt;
    token.activity_id = claim.activity_id;
    token.request_id = claim.request_id;
    token.run_number = entry.number;
    return encode_token(token);
}

}  // namespace perdure::history
