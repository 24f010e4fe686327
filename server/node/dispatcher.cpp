#include "server/node/dispatcher.hpp"

#include "api/assert.hpp"
#include "server/node/queue_names.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace perdure::server {

using matching::match;
using matching::poller_id;
using matching::queue_key;

dispatcher::dispatcher(const node_clock& clock, const node_options& options, notice_handler notices)
    : clock_(clock), options_(options), notices_(std::move(notices)), matcher_(options.matching) {}

// --- Pollers --------------------------------------------------------------------------------------------------------

poller_id dispatcher::subscribe(const queue_key& queue, const std::string& identity, double rate_per_second,
                                task_receiver& receiver) {
    const poller_id id = ++last_poller_;
    pollers_.emplace(id, poller{&receiver, nullptr, identity, std::nullopt, queue});
    act(matcher_.subscribe(queue, id, identity, rate_per_second, now()));
    return id;
}

void dispatcher::credit(poller_id id, std::uint32_t count) { act(matcher_.credit(id, count, now())); }

void dispatcher::hold(poller_id id, bool held) { act(matcher_.hold(id, held, now())); }

void dispatcher::leave(poller_id id) {
    forget(id);
    act(matcher_.leave(id, now()));
}

void dispatcher::poll(const queue_key& queue, const std::string& identity, std::unique_ptr<task_receiver> receiver) {
    const poller_id id = ++last_poller_;
    const matching::instant deadline = now() + options_.poll_timeout;
    task_receiver* taker = receiver.get();
    pollers_.emplace(id, poller{taker, std::move(receiver), identity, deadline, queue});
    ++polls_;
    act(matcher_.poll(queue, id, identity, deadline, now()));
}

void dispatcher::forget(poller_id id) {
    const auto found = pollers_.find(id);
    if (found == pollers_.end()) return;
    if (found->second.owned) --polls_;
    pollers_.erase(found);
}

// --- What the matcher says ------------------------------------------------------------------------------------------

void dispatcher::act(matching::outputs said) {
    for (matching::output& one : said) said_.push_back(std::move(one));
    if (acting_) return;
    acting_ = true;
    while (!said_.empty()) {
        const matching::output one = std::move(said_.front());
        said_.pop_front();
        std::visit([this](const auto& what) { act_on(what); }, one);
    }
    acting_ = false;
}

void dispatcher::act_on(const match& made) {
    const auto taker = pollers_.find(made.poller);
    if (taker == pollers_.end()) {
        // It left after the match and before its turn came here: nothing was started yet.
        act(matcher_.put_back(made.queue, made.what, now()));
        return;
    }
    if (shard_ == nullptr) return;
    const bool home = made.what.normal_queue.empty() || made.queue.sticky;
    const history::task_taker who{taker->second.identity, home};
    if (made.queue.kind == matching::task_kind::activity) {
        start_activity_task(made, who);
    } else {
        start_workflow_task(made, who);
    }
}

void dispatcher::start_workflow_task(const match& made, const history::task_taker& taker) {
    const auto done = [this, made](result<pb::service::PollWorkflowTaskQueueResponse>&& task) { started(made, task); };
    if (made.what.is_query()) {
        shard_->start_query_task(made.what.key.query, taker, !taker.from_sticky_queue, done);
    } else if (const auto again = lost_.find(made.what.key); again != lost_.end()) {
        shard_->redeliver_workflow_task(again->second.task_token, done);
    } else {
        const history::task_ref ref{history::task_kind::workflow, made.what.key.scheduled_event_id, made.what.key.attempt};
        shard_->start_workflow_task(made.what.key.run, ref, taker, !taker.from_sticky_queue, done);
    }
}

void dispatcher::start_activity_task(const match& made, const history::task_taker& taker) {
    const auto done = [this, made](result<pb::service::PollActivityTaskQueueResponse>&& task) { started(made, task); };
    if (const auto again = lost_.find(made.what.key); again != lost_.end()) {
        shard_->redeliver_activity_task(again->second.task_token, done);
    } else {
        const history::task_ref ref{history::task_kind::activity, made.what.key.scheduled_event_id, made.what.key.attempt};
        shard_->start_activity_task(made.what.key.run, ref, taker, done);
    }
}

template <class Task>
void dispatcher::started(const match& made, result<Task>& task) {
    if (shard_ == nullptr) return;
    const auto taker = pollers_.find(made.poller);
    if (task || !task.error().retryable()) lost_.erase(made.what.key);
    if (task) {
        const task_times times = times_of(*task);
        if (taker == pollers_.end() || !taker->second.receiver->take(made, *task)) return lost(made, task->task_token());
        delivered(made, times);
        if (taker->second.deadline) forget(made.poller);
        return;
    }
    if (!task.error().retryable()) {
        // Overtaken: started elsewhere, timed out, withdrawn, closed.
        return_credit(made.poller);
        return;
    }
    // The store is in trouble. The task still waits as far as anybody knows, and comes back when there was time to recover.
    later(options_.retry_pause, [this, made] {
        act(matcher_.put_back(made.queue, made.what, now()));
        return_credit(made.poller);
    });
}

void dispatcher::delivered(const match& made, const task_times& times) {
    if (made.what.is_query()) return;
    const bool workflow = made.queue.kind == matching::task_kind::workflow;
    if (workflow) {
        meter_.workflow_task(times);
    } else {
        meter_.activity_task(times);
    }
    task_figures& counted = workflow ? meter_.workflow() : meter_.activity();
    const std::chrono::duration<double> took = now() - made.what.since;
    (made.sync ? counted.sync_match : counted.async_match).add(std::max(took.count(), 0.0));
}

void dispatcher::return_credit(poller_id id) {
    const auto taker = pollers_.find(id);
    if (taker == pollers_.end()) return;
    if (!taker->second.deadline) {
        act(matcher_.credit(id, 1, now(), true));
        return;
    }
    if (*taker->second.deadline <= now()) return act_on(matching::poll_expired{id});
    // A poll was used up by its match: it takes its place again, with what is left of its time.
    act(matcher_.poll(taker->second.queue, id, taker->second.identity, *taker->second.deadline, now(), true));
}

void dispatcher::act_on(const matching::need_more& wanted) {
    if (shard_ == nullptr) return;
    const history::task_position after{wall_time{std::chrono::nanoseconds{wanted.after.scheduled}}, wanted.after.run,
                                       wanted.after.event_id};
    shard_->outstanding(queue_of(wanted.queue), after, options_.refill_tasks,
                        [this, wanted](result<history::history_shard::outstanding_page>&& page) {
                            if (!page) {
                                if (shard_ != nullptr) later(options_.retry_pause, [this, wanted] { act_on(wanted); });
                                return;
                            }
                            std::vector<matching::task> tasks;
                            tasks.reserve(page->tasks.size());
                            for (const history::offered_task& task : page->tasks) tasks.push_back(task_of(task, clock_));
                            act(matcher_.refill(wanted.queue, std::move(tasks), page->complete, now()));
                        });
}

void dispatcher::act_on(const matching::poll_expired& late) {
    const auto found = pollers_.find(late.poller);
    PERDURE_ASSERT(found != pollers_.end(), "a poll that expires is known");
    const auto ended = std::move(found->second.owned);
    pollers_.erase(found);
    --polls_;
    ended->end_empty();
}

void dispatcher::act_on(const matching::sticky_unavailable& gone) {
    if (gone.what.normal_queue.empty()) return;
    // The scheduled event goes on naming the sticky queue; whoever takes the task from the normal one gets the whole history.
    act(matcher_.put_back(normal_queue_of(gone.queue, gone.what), gone.what, now()));
}

// --- Lost workers ---------------------------------------------------------------------------------------------------

void dispatcher::lost(const match& made, const std::string& task_token) {
    if (shard_ == nullptr) return;
    if (made.what.is_query()) {
        shard_->put_back_query(made.what.key.query);
        return;
    }
    const queue_key queue = normal_queue_of(made.queue, made.what);
    lost_.insert_or_assign(made.what.key, lost_task{task_token, queue});
    later(options_.lost_task_wait, [this, key = made.what.key, task_token] {
        const auto found = lost_.find(key);
        if (found == lost_.end() || found->second.task_token != task_token) return;
        const queue_key where = found->second.queue;
        lost_.erase(found);
        act(matcher_.withdraw(where, key, now()));
    });
    act(matcher_.put_back(queue, made.what, now()));
}

void dispatcher::lost_eager(const queue_key& queue, const std::string& task_token) {
    match made;
    made.queue = queue;
    // Numbers below 0 are nobody's: the task is known only by its token.
    made.what.key = {-(++last_eager_), 0, 1, 0};
    made.what.order = {clock_.wall().time_since_epoch().count(), made.what.key.run, 0};
    made.what.since = now();
    lost(made, task_token);
}

// --- People and time ------------------------------------------------------------------------------------------------

void dispatcher::describe(const queue_key& queue, reply<matching::queue_stats> done) {
    if (shard_ == nullptr) return done(service_failure{status_code::unavailable, "the server is stopping; try another one"});
    shard_->outstanding(queue_of(queue), {wall_time::min(), 0, 0}, options_.refill_tasks,
                        [this, queue, done = std::move(done)](result<history::history_shard::outstanding_page>&& page) {
                            if (!page) return done(page.error());
                            matching::queue_stats stats = matcher_.stats(queue, now());
                            // What is stored is the truth; beyond one page the matcher's estimate has to do.
                            const auto stored = static_cast<std::int64_t>(page->tasks.size());
                            stats.backlog = page->complete ? stored : std::max(stored, stats.backlog);
                            stats.backlog_age = {};
                            if (!page->tasks.empty()) {
                                const auto since = clock_.steady_at(page->tasks.front().scheduled);
                                stats.backlog_age = std::max(matching::instant{}, now() - since);
                            }
                            done(std::move(stats));
                        });
}

void dispatcher::add_to(node_figures& figures) const {
    figures.workflow_tasks = meter_.workflow();
    figures.activity_tasks = meter_.activity();
    figures.workflow_task_attempts = meter_.attempts();
    figures.wakeups_fired = meter_.wakeups_fired();
    figures.wakeups_handed_over = meter_.wakeups_handed_over();
    const auto add = [this](task_figures& to, matching::task_kind kind) {
        const matching::kind_counts& counts = matcher_.counts(kind);
        to.without_poller = counts.without_poller;
        to.throttled = counts.throttled;
        const matching::backlog_figures waiting = matcher_.backlog(kind, now());
        to.backlog = waiting.count;
        to.backlog_age_seconds = std::chrono::duration<double>(waiting.age).count();
    };
    add(figures.workflow_tasks, matching::task_kind::workflow);
    add(figures.activity_tasks, matching::task_kind::activity);
}

void dispatcher::later(std::chrono::nanoseconds pause, std::function<void()> work) {
    later_.emplace(now() + pause, std::move(work));
}

void dispatcher::advance() {
    while (!later_.empty() && later_.begin()->first <= now()) {
        const auto work = std::move(later_.begin()->second);
        later_.erase(later_.begin());
        work();
    }
    act(matcher_.advance(now()));
}

std::optional<matching::instant> dispatcher::next_due() const {
    std::optional<matching::instant> due = matcher_.next_due();
    if (!later_.empty()) due = due ? std::min(*due, later_.begin()->first) : later_.begin()->first;
    return due;
}

// --- history::effects_sink ------------------------------------------------------------------------------------------

void dispatcher::task_offered(const history::offered_task& task) {
    const queue_key queue = queue_of(task.queue);
    act(matcher_.offer(queue, task_of(task, clock_), now(), favourite_ ? favourite_(queue) : 0));
}

void dispatcher::task_withdrawn(const history::offered_task& task, bool /*started*/) {
    const matching::task what = task_of(task, clock_);
    const queue_key queue = queue_of(task.queue);
    act(matcher_.withdraw(queue, what.key, now()));
    if (queue.sticky) act(matcher_.withdraw(normal_queue_of(queue, what), what.key, now()));
}

void dispatcher::query_offered(const history::offered_query& query) {
    matching::task what;
    what.key = {0, 0, 1, query.id};
    what.since = now();
    if (query.queue.sticky) what.normal_queue = query.normal_queue.name;
    act(matcher_.offer(queue_of(query.queue), std::move(what), now()));
}

void dispatcher::query_withdrawn(const history::offered_query& query) {
    const matching::task_key key{0, 0, 1, query.id};
    act(matcher_.withdraw(queue_of(query.queue), key, now()));
    if (query.queue.sticky) act(matcher_.withdraw(queue_of(query.normal_queue), key, now()));
}

}  // namespace perdure::server
