#include "matching/matcher.hpp"

#include "api/assert.hpp"

#include <utility>

namespace perdure::matching {

outputs matcher::offer(const queue_key& queue, task what, instant now, poller_id preferred) {
    outputs out;
    if (queue.sticky && !served(queue, now)) {
        out.emplace_back(sticky_unavailable{queue, std::move(what)});
        return out;
    }
    entry& of = enter(queue, now);
    of.queue.offer(std::move(what), preferred, now, out);
    settle(of, out, 0);
    return out;
}

outputs matcher::put_back(const queue_key& queue, task what, instant now) {
    outputs out;
    if (queue.sticky && !served(queue, now)) {
        out.emplace_back(sticky_unavailable{queue, std::move(what)});
        return out;
    }
    entry& of = enter(queue, now);
    of.queue.put_back(std::move(what), now, out);
    settle(of, out, 0);
    return out;
}

outputs matcher::refill(const queue_key& queue, std::vector<task> tasks, bool complete, instant now) {
    outputs out;
    if (const auto found = queues_.find(queue); found != queues_.end()) {
        found->second->queue.refill(std::move(tasks), complete, now, out);
        settle(*found->second, out, 0);
    }
    return out;
}

outputs matcher::withdraw(const queue_key& queue, const task_key& what, instant now) {
    outputs out;
    if (const auto found = queues_.find(queue); found != queues_.end()) {
        found->second->queue.withdraw(what, now, out);
        settle(*found->second, out, 0);
    }
    return out;
}

void matcher::count_eager(const queue_key& queue, instant now) {
    entry& of = enter(queue, now);
    of.queue.count_eager(now);
    settle(of, {}, 0);
}

outputs matcher::subscribe(const queue_key& queue, poller_id poller, std::string identity, double rate_per_second, instant now) {
    PERDURE_ASSERT(poller != 0 && !pollers_.contains(poller), "a poller's id is not 0 and not in use");
    outputs out;
    entry& of = enter(queue, now);
    pollers_.emplace(poller, &of);
    of.queue.join(poller, {std::move(identity), rate_per_second, std::nullopt, false}, now, out);
    settle(of, out, 0);
    return out;
}

outputs matcher::poll(const queue_key& queue, poller_id poller, std::string identity, instant deadline, instant now, bool first) {
    PERDURE_ASSERT(poller != 0 && !pollers_.contains(poller), "a poller's id is not 0 and not in use");
    outputs out;
    entry& of = enter(queue, now);
    pollers_.emplace(poller, &of);
    of.queue.join(poller, {std::move(identity), 0, deadline, first}, now, out);
    settle(of, out, 0);
    return out;
}

outputs matcher::credit(poller_id poller, std::uint32_t count, instant now, bool first) {
    outputs out;
    if (const auto found = pollers_.find(poller); found != pollers_.end()) {
        entry& of = *found->second;
        of.queue.credit(poller, count, first, now, out);
        settle(of, out, 0);
    }
    return out;
}

outputs matcher::hold(poller_id poller, bool held, instant now) {
    outputs out;
    if (const auto found = pollers_.find(poller); found != pollers_.end()) {
        entry& of = *found->second;
        of.queue.hold(poller, held, now, out);
        settle(of, out, 0);
    }
    return out;
}

outputs matcher::leave(poller_id poller, instant now) {
    outputs out;
    if (const auto found = pollers_.find(poller); found != pollers_.end()) {
        entry& of = *found->second;
        pollers_.erase(found);
        of.queue.leave(poller, now, out);
        settle(of, out, 0);
    }
    return out;
}

outputs matcher::limit_rate(const queue_key& queue, double per_second, instant now) {
    outputs out;
    entry& of = enter(queue, now);
    of.queue.limit_rate(per_second, now, out);
    settle(of, out, 0);
    return out;
}

outputs matcher::advance(instant now) {
    outputs out;
    while (!due_.empty() && due_.begin()->first <= now) {
        entry& of = *due_.begin()->second;
        const std::size_t before = out.size();
        of.queue.advance(now, out);
        if (of.queue.idle(now)) {
            due_.erase({*of.due, &of});
            const queue_key key = of.queue.key();
            queues_.erase(key);
            continue;
        }
        settle(of, out, before);
        PERDURE_ASSERT(!of.due || *of.due > now, "a queue that was advanced has nothing left that is due");
    }
    return out;
}

std::optional<instant> matcher::next_due() const { return due_.empty() ? std::nullopt : std::optional(due_.begin()->first); }

bool matcher::served(const queue_key& queue, instant now) const {
    const task_queue* found = find(queue);
    return found != nullptr && found->served(now);
}

std::uint32_t matcher::credits(poller_id poller) const {
    const auto found = pollers_.find(poller);
    return found == pollers_.end() ? 0 : found->second->queue.credits(poller);
}

backlog_figures matcher::backlog(task_kind kind, instant now) const {
    backlog_figures figures;
    for (const auto& [key, of] : queues_) {
        if (key.kind == kind) {
            of->queue.add_backlog(figures, now);
        }
    }
    return figures;
}

queue_stats matcher::stats(const queue_key& queue, instant now) const {
    const task_queue* found = find(queue);
    return found == nullptr ? queue_stats{} : found->stats(now);
}

matcher::entry& matcher::enter(const queue_key& queue, instant now) {
    std::unique_ptr<entry>& place = queues_[queue];
    if (!place) {
        place = std::make_unique<entry>(queue, options_, counts_[static_cast<std::size_t>(queue.kind)], next_number_++, now);
    }
    return *place;
}

const task_queue* matcher::find(const queue_key& queue) const {
    const auto found = queues_.find(queue);
    return found == queues_.end() ? nullptr : &found->second->queue;
}

void matcher::settle(entry& of, const outputs& out, std::size_t from) {
    for (std::size_t i = from; i < out.size(); ++i) {
        if (const auto* made = std::get_if<match>(&out[i]); made != nullptr && !of.queue.knows(made->poller)) {
            pollers_.erase(made->poller);
        } else if (const auto* late = std::get_if<poll_expired>(&out[i])) {
            pollers_.erase(late->poller);
        }
    }
    const std::optional<instant> due = of.queue.next_due();
    if (due == of.due) {
        return;
    }
    if (of.due) {
        due_.erase({*of.due, &of});
    }
    if (due) {
        due_.emplace(*due, &of);
    }
    of.due = due;
}

}  // namespace perdure::matching
