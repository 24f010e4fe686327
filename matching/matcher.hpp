#pragma once

#include "matching/task_queue.hpp"
#include "matching/types.hpp"

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace perdure::matching {

/// Task queues: who waits for a task, and what waits for someone. Values in, values out; no clock, no thread, no I/O.
///
/// What is outstanding is durable elsewhere; everything here can be lost and offered again. Times passed in never decrease.
/// Not thread safe.
class matcher {
  public:
    explicit matcher(matcher_options options = {}) : options_(options) {}
    matcher(const matcher&) = delete;
    matcher& operator=(const matcher&) = delete;

    /// A task was scheduled. Offering one that waits already changes nothing. When no other waits before it, `preferred` gets
    /// it if that poller has a credit: the worker that asked for the work has everything at hand.
    [[nodiscard]] outputs offer(const queue_key& queue, task what, instant now, poller_id preferred = 0);

    /// A task that was matched was not delivered: it takes its old place. The credit that it used is gone.
    [[nodiscard]] outputs put_back(const queue_key& queue, task what, instant now);

    /// The answer to `need_more`: what follows the place it names, in order, including everything that was offered before.
    /// `complete` says that there is nothing after the last of `tasks`.
    [[nodiscard]] outputs refill(const queue_key& queue, std::vector<task> tasks, bool complete, instant now);

    /// The task is no longer to be done.
    [[nodiscard]] outputs withdraw(const queue_key& queue, const task_key& what, instant now);

    /// A task of this queue was handed over in the answer to the worker that asked for it. Only statistics see it.
    void count_eager(const queue_key& queue, instant now);

    /// A standing poller, without credits. It must not be known yet.
    [[nodiscard]] outputs subscribe(const queue_key& queue, poller_id poller, std::string identity, double rate_per_second,
                                    instant now);

    /// A poll for one task. After a match or its expiry the poller is unknown again.
    /// `first` puts it before the others, for a poll whose task turned out to be gone.
    [[nodiscard]] outputs poll(const queue_key& queue, poller_id poller, std::string identity, instant deadline, instant now,
                               bool first = false);

    /// Room for `count` more tasks. Ignored for an unknown poller. `first`: gives back the credit of a match that turned out to
    /// be stale.
    [[nodiscard]] outputs credit(poller_id poller, std::uint32_t count, instant now, bool first = false);

    /// A poller that is held keeps its credits and gets nothing, until it is let go again.
    [[nodiscard]] outputs hold(poller_id poller, bool held, instant now);

    /// The poller is gone. Its credits go with it; the last subscription of a sticky queue takes the queue along.
    [[nodiscard]] outputs leave(poller_id poller, instant now);

    /// Limits how many tasks of a queue are handed out a second; 0 lifts the limit.
    [[nodiscard]] outputs limit_rate(const queue_key& queue, double per_second, instant now);

    /// Expires polls, moves on what a rate held back, gives up sticky queues, forgets idle queues.
    [[nodiscard]] outputs advance(instant now);
    [[nodiscard]] std::optional<instant> next_due() const;

    /// Whether a sticky queue has somebody who serves it.
    [[nodiscard]] bool served(const queue_key& queue, instant now) const;
    [[nodiscard]] bool knows(poller_id poller) const { return pollers_.contains(poller); }
    [[nodiscard]] std::uint32_t credits(poller_id poller) const;
    [[nodiscard]] queue_stats stats(const queue_key& queue, instant now) const;
    /// Walks all queues.
    [[nodiscard]] backlog_figures backlog(task_kind kind, instant now) const;
    [[nodiscard]] const kind_counts& counts(task_kind kind) const { return counts_[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::size_t queue_count() const noexcept { return queues_.size(); }
    [[nodiscard]] std::size_t poller_count() const noexcept { return pollers_.size(); }

  private:
    struct entry {
        entry(const queue_key& key, const matcher_options& options, kind_counts& counts, std::uint64_t at, instant now)
            : queue(key, options, counts, now), number(at) {}
        task_queue queue;
        /// In order of creation, so that what is due at the same moment happens in the same order in every run.
        std::uint64_t number;
        std::optional<instant> due;
    };
    struct by_due {
        bool operator()(const std::pair<instant, entry*>& a, const std::pair<instant, entry*>& b) const {
            return std::pair(a.first, a.second->number) < std::pair(b.first, b.second->number);
        }
    };

    entry& enter(const queue_key& queue, instant now);
    [[nodiscard]] const task_queue* find(const queue_key& queue) const;
    /// Brings the books in line with what happened in the queue.
    void settle(entry& of, const outputs& out, std::size_t from);

    matcher_options options_;
    std::array<kind_counts, 2> counts_{};
    std::unordered_map<queue_key, std::unique_ptr<entry>> queues_;
    std::unordered_map<poller_id, entry*> pollers_;
    std::set<std::pair<instant, entry*>, by_due> due_;
    std::uint64_t next_number_ = 1;
};

}  // namespace perdure::matching
