#include "history_service/shard/core.hpp"

#include <limits>

#include "api/assert.hpp"
#include "history_service/shard/rows_of_state.hpp"

namespace perdure::history {

history_shard::core::core(const shard_environment& environment, shard_options options, const shard_lease& lease, wall_time now)
    : around_(environment),
      options_(std::move(options)),
      now_(now),
      next_run_(lease.next_run),
      queue_(environment.rows, environment.writes, lease.epoch),
      ahead_(environment.rows, environment.reads, {.span = options_.read_ahead, .bytes = options_.cache_bytes / 8}),
      ids_(environment.rows, environment.reads, [this] { settle(); }) {}

history_shard::core::~core() {
    *alive_ = false;
    const service_failure gone{status_code::unavailable, "the server is shutting down; try again"};
    for (const auto& release : queue_.fail()) release(&gone);
    for (const auto& told : ids_.drop()) told(&gone);
    for (auto& [id, wait] : history_waits_) refuse(wait.done, gone);
    for (auto& [id, query] : queries_) refuse(query.done, gone);
    for (const auto& [id, end] : lists_under_way_) end(gone);
    // What is called now finds a shard that takes nothing any more.
    settling_ = true;
    while (!outbox_.empty()) {
        const auto call = std::move(outbox_.front());
        outbox_.pop_front();
        call();
    }
}

void history_shard::core::begin() {
    fill_window();
    settle();
}

void history_shard::core::advance(wall_time now) {
    if (now > now_) steady_ += now - now_;
    now_ = now;
    fired_in_turn_ = 0;
    if (steady_ - batch_begun_ >= options_.fired_batch_time) begin_fired_batch();
    deadlines_.advance(steady_);
    settle();
}

std::optional<wall_time> history_shard::core::next_due() const {
    std::optional<wall_time> next;
    const auto consider = [&](wall_time due) { next = next ? std::min(*next, due) : due; };
    // With a full batch under way, firing goes on when it is written, or takes long.
    if (const auto due = window_.next(); due && may_fire())
        consider(*due);
    else if (due && !lost_lease_ && !firing_pause_)
        consider(std::max(*due, now_ + (batch_begun_ + options_.fired_batch_time - steady_)));
    if (window_.beyond() && !window_has_more_ && !window_pause_)
        consider(std::max(now_, *window_.beyond() - options_.wakeup_window / 2));
    if (const auto due = deadlines_.next()) consider(now_ + (*due - steady_));
    return next;
}

// Everything that an operation left to do, until nothing is left that can be done now. Operations that are called from
// here only add to what is left.
void history_shard::core::settle() {
    if (settling_) return;
    if (more_comes_) return shrink_cache();
    settling_ = true;
    for (;;) {
        if (!outbox_.empty()) {
            const auto call = std::move(outbox_.front());
            outbox_.pop_front();
            call();
            continue;
        }
        fill_window();
        // What gathered, and what was woken, may have been left out since.
        if (queue_.nothing_to_write()) {
            stop_gathering();
            fired_in_batch_ = 0;
        }
        if (may_fire() && fired_in_turn_ < options_.fired_runs_a_turn) {
            if (const auto due = window_.take_due(now_)) {
                ++fired_in_turn_;
                fire(*due);
                if (queue_.goes(due->run)) ++fired_in_batch_;
                continue;
            }
        }
        if (queue_.busy()) break;
        if (!queue_.nothing_to_write()) {
            if (!is_time_to_write()) break;
            submit();
            continue;
        }
        if (!garbage_may_be_left_ || lost_lease_) break;
        queue_.collect_garbage(options_.garbage_rows, [this](const result<std::size_t>& removed) {
            garbage_may_be_left_ = removed && *removed > 0;
            settle();
        });
    }
    read_due_soon();
    shrink_cache();
    settling_ = false;
}

void history_shard::core::together(const std::function<void()>& operations) {
    PERDURE_ASSERT(!more_comes_ && !settling_, "what comes together comes from outside");
    more_comes_ = true;
    operations();
    more_comes_ = false;
    settle();
}

void history_shard::core::shrink_cache() {
    cache_.shrink(
        options_.cache_bytes - std::min(options_.cache_bytes, ahead_.bytes()),
        [this](const run_entry& entry) { return queue_.is_durable(entry.number) && entry.book.empty(); },
        [this](const run_entry& entry) { window_.leave(entry.number); });
}

void history_shard::core::begin_fired_batch() {
    fired_in_batch_ = 0;
    batch_begun_ = steady_;
}

bool history_shard::core::may_fire() const noexcept {
    return !lost_lease_ && !firing_pause_ && fired_in_batch_ < options_.fired_runs_a_batch;
}

// A worker that has a workflow task answers soon, and what it was given for is then one write of the run with the answer.
void history_shard::core::leave_out_or_take_along(const run_entry& entry) {
    const bool answer_comes = entry.state.running() && entry.state.workflow_task.is_started();
    // Who starts a run waits for it to be written, so that less time is given to the worker.
    const auto patience = entry.durable_sequence == 0 ? options_.first_answer_delay : options_.answer_delay;
    if (patience.count() == 0 || !answer_comes) return queue_.take_along(entry.number);
    const deadlines::instant until = steady_ + patience;
    if (queue_.leave_out(entry.number, until)) end_waits_at(until);
}

void history_shard::core::end_waits_at(deadlines::instant end) {
    if (waits_end_ && waits_end_->first <= end) return;
    if (waits_end_) deadlines_.drop(*waits_end_);
    waits_end_ = deadlines_.set(end, [this] {
        waits_end_.reset();
        if (const auto next = queue_.end_waits(steady_)) end_waits_at(*next);
    });
}

// Little things that nobody waits for are cheaper together, whichever runs they are of.
bool history_shard::core::is_time_to_write() {
    if (gathered_ || options_.commit_delay.count() == 0 || queue_.is_waited_for()) return true;
    if (!gathering_)
        gathering_ = deadlines_.set(steady_ + options_.commit_delay, [this] {
            gathering_.reset();
            gathered_ = true;
        });
    return false;
}

void history_shard::core::stop_gathering() {
    if (gathering_) deadlines_.drop(*std::exchange(gathering_, std::nullopt));
    gathered_ = false;
}

void history_shard::core::submit() {
    stop_gathering();
    begin_fired_batch();
    queue_.for_each_going([this](run_write& write) {
        if (run_entry* entry = cache_.find(write.run)) finalize(*entry, write);
    });
    queue_.submit(
        [this](const result<done>& outcome) {
            finished(outcome);
            settle();
        },
        !crowd_.is_dense());
}

// Once a batch, not once a step: the run's one wake-up, and a checkpoint when enough journal came since the last.
void history_shard::core::finalize(run_entry& entry, run_write& write) {
    write.history_bytes = entry.state.execution.history_bytes;
    const auto wanted = wakeup_of(entry.state, options_.retention);
    const auto& stored = entry.stored_wakeup;
    // A row that is a little early costs one look at the run; writing each small delay costs a row a step.
    const bool keep = stored == wanted || (stored && *stored > now_ && (!wanted || *wanted > *stored) &&
                                           (wanted ? *wanted - *stored : *stored - now_) <= options_.wakeup_slack);
    if (!keep) {
        write.wakeup = wanted;
        entry.stored_wakeup = wanted;
    }
    if (entry.journal_bytes > std::max(options_.checkpoint_bytes, 2 * entry.checkpoint_bytes)) {
        write.checkpoint = run_checkpoint{entry.state.execution.sequence, checkpoint(entry.state).SerializeAsString()};
        entry.checkpoint_bytes = write.checkpoint->bytes.size();
        entry.journal_bytes = 0;
    }
    window_.arm(entry.number, wanted && entry.stored_wakeup ? std::min(*wanted, *entry.stored_wakeup) : entry.stored_wakeup);
}

void history_shard::core::finished(const result<done>& outcome) {
    runs_ahead_ = outcome.has_value();
    if (!outcome) return recover(service_failure(outcome.error()));
    const auto written = queue_.succeed();
    for (const auto& [run, sequence] : written.runs) {
        run_entry* entry = cache_.find(run);
        if (entry == nullptr) continue;
        entry->durable_sequence = sequence;
        entry->tail.trim(options_.tail_bytes, sequence);
        cache_.measure(*entry);
    }
    for (const auto& release : written.released) release(nullptr);
}

// Reads wake-ups so far ahead that none can be missed, and no further: a sleeping run costs no memory.
void history_shard::core::fill_window() {
    while (!window_pause_) {
        const wall_time target = now_ + options_.wakeup_window;
        if (window_has_more_) {
            if (window_.near() >= options_.wakeup_page / 2) return;
        } else {
            if (window_.horizon() >= now_ + options_.wakeup_window / 2) return;
            if (!window_.beyond() || *window_.beyond() > target) return window_.set_horizon(target);
        }
        const auto page = around_.rows.due_runs(target, window_read_to_, options_.wakeup_page);
        if (!page) {
            // The disk is in trouble: the same page is read again soon.
            window_pause_ = true;
            deadlines_.set(steady_ + retry_pause, [this] { window_pause_ = false; });
            return;
        }
        window_has_more_ = page->size() == options_.wakeup_page;
        window_read_to_ = window_has_more_ ? page->back() : due_run{target, std::numeric_limits<run_number>::max()};
        window_.set_horizon(window_read_to_->due);
        window_.set_beyond(std::nullopt);
        // Of cached runs more is known here than there.
        for (const due_run& due : *page)
            if (cache_.find(due.run) == nullptr && !queue_.is_erased(due.run)) window_.put(due);
        if (window_has_more_) continue;
        const auto next = around_.rows.due_runs(wall_time::max(), window_read_to_, 1);
        if (!next)
            window_.set_beyond(target);
        else if (!next->empty())
            window_.set_beyond(next->front().due);
    }
}

void history_shard::core::read_due_soon() {
    if (lost_lease_) return;
    const auto is_known = [this](run_number run) { return cache_.find(run) != nullptr || queue_.is_erased(run); };
    ahead_.look(window_, now_, is_known, [this] { settle(); });
}

void history_shard::core::fire(const due_run& due) {
    if (queue_.is_erased(due.run)) return;
    const auto found = entry_of(due.run);
    if (!found) {
        // A run that is not there is no business of anybody; a store that cannot be read is asked again.
        if (found.error().code != status_code::not_found)
            deadlines_.set(steady_ + retry_pause, [this, due] { window_.put(due); });
        return;
    }
    run_entry& entry = **found;
    const auto wanted = wakeup_of(entry.state, options_.retention);
    if (wanted && *wanted <= now_) {
        if (!entry.state.running()) return remove_run(entry);
        return fire_timers(entry);
    }
    // The row was early. It is put right, or it would be found again after a restart.
    if (entry.stored_wakeup && *entry.stored_wakeup <= now_) {
        static_cast<void>(queue_.write_of(entry));
        window_.arm(entry.number, wanted);
        return;
    }
    arm(entry);
}

void history_shard::core::fire_timers(run_entry& entry) {
    query_outcome queries;
    const wall_time due = next_wakeup(entry.state).value_or(now_);
    transition change = fire_due(entry.state, entry.book, env(), queries);
    const bool changed = !change.empty();
    entry.woken_for = changed ? std::optional(due) : std::nullopt;
    record(entry, std::move(change));
    if (changed) later([this, late = now_ - due] { around_.sink.wakeup_came(wakeup_stage::fired, late); });
    settle_queries(entry, std::move(queries));
    const auto next = wakeup_of(entry.state, options_.retention);
    PERDURE_ASSERT(changed || !next || *next > now_, "what is due is done when its time has come");
}

}  // namespace perdure::history
