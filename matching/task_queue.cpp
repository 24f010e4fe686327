#include "matching/task_queue.hpp"

#include "api/assert.hpp"

#include <algorithm>
#include <utility>

namespace perdure::matching {

task_queue::task_queue(queue_key key, const matcher_options& options, kind_counts& counts, instant now)
    : key_(std::move(key)),
      options_(options),
      counts_(counts),
      backlog_(options.kept_tasks, options.low_water),
      last_used_(now),
      book_(options.kept_identities) {}

void task_queue::offer(task what, poller_id preferred, instant now, outputs& out) {
    last_used_ = now;
    if (key_.sticky && !served(now)) {
        out.emplace_back(sticky_unavailable{key_, std::move(what)});
        return;
    }
    const task_key offered = what.key;
    if (what.is_query()) {
        backlog_.add_query(std::move(what));
    } else if (backlog_.add(std::move(what))) {
        added_.add(now);
        if (pollers_.empty()) {
            ++counts_.without_poller;
        }
    } else {
        return;
    }
    const auto liked = pollers_.find(preferred);
    // Only a task that nothing stands before may choose its taker.
    if (liked != pollers_.end() && liked->second.turn && backlog_.kept() == 1) {
        step_aside(preferred, liked->second);
        stand_ready(preferred, liked->second, true);
    }
    const std::size_t before = out.size();
    pair(now, out);
    for (std::size_t at = before; at < out.size(); ++at) {
        auto* made = std::get_if<match>(&out[at]);
        if (made != nullptr && made->what.key == offered) {
            made->sync = true;
        }
    }
}

void task_queue::put_back(task what, instant now, outputs& out) {
    last_used_ = now;
    if (key_.sticky && !served(now)) {
        out.emplace_back(sticky_unavailable{key_, std::move(what)});
        return;
    }
    backlog_.put_back(std::move(what));
    pair(now, out);
}

void task_queue::refill(std::vector<task> tasks, bool complete, instant now, outputs& out) {
    last_used_ = now;
    backlog_.refill(std::move(tasks), complete);
    pair(now, out);
}

void task_queue::withdraw(const task_key& what, instant now, outputs& out) {
    backlog_.withdraw(what);
    pair(now, out);
}

void task_queue::count_eager(instant now) {
    added_.add(now);
    dispatched_.add(now);
}

void task_queue::join(poller_id id, poller_terms terms, instant now, outputs& out) {
    last_used_ = now;
    book_.seen(terms.identity, terms.rate_per_second, now);
    auto [place, fresh] =
        pollers_.emplace(id, poller{std::move(terms.identity), make_rate(terms.rate_per_second, now), terms.deadline});
    PERDURE_ASSERT(fresh, "a poller joins a queue once");
    if (terms.deadline) {
        deadlines_.emplace(*terms.deadline, id);
        place->second.credits = 1;
        stand_ready(id, place->second, terms.first);
    }
    pair(now, out);
}

void task_queue::credit(poller_id id, std::uint32_t count, bool first, instant now, outputs& out) {
    last_used_ = now;
    poller& who = pollers_.at(id);
    book_.seen(who.identity, who.rate ? who.rate->rate() : 0, now);
    who.credits = std::min<std::uint32_t>(options_.max_credits, who.credits + std::min(count, options_.max_credits));
    stand_ready(id, who, first);
    pair(now, out);
}

void task_queue::hold(poller_id id, bool held, instant now, outputs& out) {
    poller& who = pollers_.at(id);
    who.held = held;
    if (held) {
        step_aside(id, who);
    } else {
        stand_ready(id, who, false);
    }
    pair(now, out);
}

void task_queue::leave(poller_id id, instant now, outputs& out) {
    last_used_ = now;
    const auto found = pollers_.find(id);
    PERDURE_ASSERT(found != pollers_.end(), "only a poller that joined can leave");
    const bool one_shot = found->second.deadline.has_value();
    forget(id, found->second, now);
    if (!one_shot && pollers_.empty()) {
        // A subscription ends with its worker: nobody is left who could come back for the cached runs.
        last_one_shot_.reset();
    }
    give_up_sticky(now, out);
}

void task_queue::limit_rate(double per_second, instant now, outputs& out) {
    rate_ = make_rate(per_second, now);
    blocked_until_.reset();
    pair(now, out);
}

void task_queue::advance(instant now, outputs& out) {
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
        const poller_id id = deadlines_.begin()->second;
        out.emplace_back(poll_expired{id});
        forget(id, pollers_.at(id), now);
    }
    book_.forget_before(now - options_.idle_after);
    give_up_sticky(now, out);
    pair(now, out);
}

std::optional<instant> task_queue::next_due() const {
    std::optional<instant> due;
    const auto consider = [&due](instant at) { due = due ? std::min(*due, at) : at; };
    if (!deadlines_.empty()) consider(deadlines_.begin()->first);
    if (backlog_.front() != nullptr) {
        if (!resting_.empty()) consider(resting_.begin()->first);
        if (blocked_until_) consider(*blocked_until_);
    }
    if (key_.sticky && backlog_.kept() > 0 && pollers_.empty() && last_one_shot_) {
        consider(*last_one_shot_ + options_.sticky_window);
    }
    if (pollers_.empty()) consider(last_used_ + options_.idle_after);
    return due;
}

bool task_queue::idle(instant now) const {
    // Tasks are durable where they come from, and are asked for when the queue is met again.
    return pollers_.empty() && now >= last_used_ + options_.idle_after;
}

bool task_queue::served(instant now) const {
    return !pollers_.empty() || (last_one_shot_ && now < *last_one_shot_ + options_.sticky_window);
}

std::uint32_t task_queue::credits(poller_id id) const {
    const auto found = pollers_.find(id);
    return found == pollers_.end() ? 0 : found->second.credits;
}

queue_stats task_queue::stats(instant now) const {
    queue_stats stats;
    poller_book book = book_;
    for (const auto& [id, who] : pollers_) {
        book.seen(who.identity, who.rate ? who.rate->rate() : 0, now);
    }
    book.forget_before(now - options_.idle_after);
    stats.pollers = book.list();
    stats.backlog = backlog_.size();
    if (const auto since = backlog_.oldest()) {
        stats.backlog_age = std::max(instant{}, now - *since);
    }
    stats.tasks_added_per_second = added_.per_second(now);
    stats.tasks_dispatched_per_second = dispatched_.per_second(now);
    stats.rate_limiting_active = backlog_.front() != nullptr && rate_ && !rate_->ready(now);
    stats.rate_per_second = rate_ ? rate_->rate() : 0;
    return stats;
}

void task_queue::add_backlog(backlog_figures& to, instant now) const {
    to.count += backlog_.size();
    if (const auto since = backlog_.oldest()) {
        to.age = std::max(to.age, now - *since);
    }
}

void task_queue::stand_ready(poller_id id, poller& who, bool first) {
    if (who.credits == 0 || who.held || who.turn || who.rests_until) {
        return;
    }
    who.turn = first ? first_turn_-- : next_turn_++;
    ready_.emplace(*who.turn, id);
}

void task_queue::step_aside(poller_id id, poller& who) {
    if (who.turn) {
        ready_.erase(*who.turn);
        who.turn.reset();
    }
    if (who.rests_until) {
        resting_.erase({*who.rests_until, id});
        who.rests_until.reset();
    }
}

void task_queue::wake_rested(instant now) {
    while (!resting_.empty() && resting_.begin()->first <= now) {
        const poller_id id = resting_.begin()->second;
        poller& who = pollers_.at(id);
        step_aside(id, who);
        stand_ready(id, who, false);
    }
}

std::optional<poller_id> task_queue::next_taker(instant now) {
    while (!ready_.empty()) {
        const poller_id id = ready_.begin()->second;
        poller& who = pollers_.at(id);
        if (!who.rate || who.rate->ready(now)) {
            return id;
        }
        step_aside(id, who);
        who.rests_until = who.rate->ready_at(now);
        resting_.emplace(*who.rests_until, id);
    }
    return std::nullopt;
}

void task_queue::hand_over(poller_id id, instant now, outputs& out) {
    poller& who = pollers_.at(id);
    PERDURE_ASSERT(who.credits > 0, "a task goes only to a poller that has a credit");
    task what = backlog_.take_front();
    if (!what.is_query()) {
        dispatched_.add(now);
        if (rate_) rate_->take(now);
        if (who.rate) who.rate->take(now);
    }
    out.emplace_back(match{key_, std::move(what), id});
    step_aside(id, who);
    --who.credits;
    if (who.deadline) {
        forget(id, who, now);
    } else {
        stand_ready(id, who, false);
    }
}

void task_queue::pair(instant now, outputs& out) {
    wake_rested(now);
    bool was_blocked = std::exchange(blocked_until_, std::nullopt).has_value();
    while (const task* next = backlog_.front()) {
        if (rate_ && !next->is_query() && !rate_->ready(now)) {
            blocked_until_ = rate_->ready_at(now);
            if (!was_blocked) {
                ++counts_.throttled;
            }
            break;
        }
        const auto taker = next_taker(now);
        if (!taker) {
            break;
        }
        hand_over(*taker, now, out);
        was_blocked = false;
    }
    if (!pollers_.empty() && backlog_.wants_more()) {
        out.emplace_back(need_more{key_, backlog_.read_up_to()});
    }
}

void task_queue::give_up_sticky(instant now, outputs& out) {
    if (!key_.sticky || served(now) || backlog_.kept() == 0) {
        return;
    }
    for (task& what : backlog_.drain()) {
        out.emplace_back(sticky_unavailable{key_, std::move(what)});
    }
}

void task_queue::forget(poller_id id, poller& who, instant now) {
    step_aside(id, who);
    if (who.deadline) {
        deadlines_.erase({*who.deadline, id});
        last_one_shot_ = now;
    }
    pollers_.erase(id);
}

}  // namespace perdure::matching
