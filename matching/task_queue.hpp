#pragma once

#include "matching/backlog.hpp"
#include "matching/poller_book.hpp"
#include "matching/rate_window.hpp"
#include "matching/token_bucket.hpp"
#include "matching/types.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace perdure::matching {

/// What a poller says of itself when it comes.
struct poller_terms {
    std::string identity;
    /// Tasks a second it takes at most; 0 is no limit.
    double rate_per_second = 0;
    /// A one-shot poll has a deadline and one credit, and is gone after its match.
    std::optional<instant> deadline;
    /// Stands before the pollers that wait already: for a poll whose match turned out to be stale.
    bool first = false;
};

/// One queue: tasks on one side, pollers with credits on the other, paired in order of arrival as far as the rates allow.
///
/// Every function that can pair appends to `out`. Times passed in never decrease.
class task_queue {
  public:
    task_queue(queue_key key, const matcher_options& options, kind_counts& counts, instant now);
    task_queue(const task_queue&) = delete;
    task_queue& operator=(const task_queue&) = delete;

    [[nodiscard]] const queue_key& key() const noexcept { return key_; }

    void offer(task what, poller_id preferred, instant now, outputs& out);
    void put_back(task what, instant now, outputs& out);
    void refill(std::vector<task> tasks, bool complete, instant now, outputs& out);
    void withdraw(const task_key& what, instant now, outputs& out);
    /// A task that was handed over without coming through here, for the statistics.
    void count_eager(instant now);

    void join(poller_id poller, poller_terms terms, instant now, outputs& out);
    void credit(poller_id poller, std::uint32_t count, bool first, instant now, outputs& out);
    void hold(poller_id poller, bool held, instant now, outputs& out);
    void leave(poller_id poller, instant now, outputs& out);

    void limit_rate(double per_second, instant now, outputs& out);
    void advance(instant now, outputs& out);

    /// The earliest moment at which `advance` may have something to do.
    [[nodiscard]] std::optional<instant> next_due() const;
    [[nodiscard]] bool knows(poller_id poller) const { return pollers_.contains(poller); }
    [[nodiscard]] bool idle(instant now) const;
    /// For a sticky queue: whether somebody still serves it.
    [[nodiscard]] bool served(instant now) const;
    [[nodiscard]] std::uint32_t credits(poller_id poller) const;
    [[nodiscard]] queue_stats stats(instant now) const;
    /// Adds what waits here.
    void add_backlog(backlog_figures& to, instant now) const;

  private:
    struct poller {
        std::string identity;
        optional_rate rate;
        std::optional<instant> deadline{};
        std::uint32_t credits = 0;
        /// Gets nothing, although it is there and has credits.
        bool held = false;
        /// Its place in `ready_`, when it stands there.
        std::optional<std::int64_t> turn{};
        /// Its entry in `resting_`, when its own rate keeps it from taking more.
        std::optional<instant> rests_until{};
    };

    /// Gives it a turn, if it may have one.
    void stand_ready(poller_id id, poller& who, bool first);
    void step_aside(poller_id id, poller& who);
    void hand_over(poller_id id, instant now, outputs& out);
    [[nodiscard]] std::optional<poller_id> next_taker(instant now);
    void wake_rested(instant now);
    void pair(instant now, outputs& out);
    void give_up_sticky(instant now, outputs& out);
    void forget(poller_id id, poller& who, instant now);

    queue_key key_;
    const matcher_options& options_;
    kind_counts& counts_;
    backlog backlog_;
    std::unordered_map<poller_id, poller> pollers_;
    std::map<std::int64_t, poller_id> ready_;
    std::set<std::pair<instant, poller_id>> resting_;
    std::set<std::pair<instant, poller_id>> deadlines_;
    std::int64_t next_turn_ = 0;
    std::int64_t first_turn_ = -1;
    optional_rate rate_;
    std::optional<instant> blocked_until_;
    std::optional<instant> last_one_shot_;
    instant last_used_;
    poller_book book_;
    rate_window added_;
    rate_window dispatched_;
};

}  // namespace perdure::matching
