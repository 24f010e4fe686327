#pragma once

#include "matching/types.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace perdure::matching {

/// The tasks of one queue, oldest first, of which only so many are kept in memory.
///
/// Whoever scheduled a task keeps it durably until it is started, so a task that finds no room is only counted. From then
/// on the backlog is *behind*: newer tasks are not kept either, or they would overtake those left out, until `refill` has
/// brought everything back. A new backlog is behind, because tasks may have been scheduled before anyone looked. While an
/// answer is awaited, newcomers wait in `arrivals_`, so that a busy queue catches up.
class backlog {
  public:
    backlog(std::size_t kept, std::size_t low_water) : kept_limit_(kept), low_water_(low_water) {}
    backlog(const backlog&) = delete;
    backlog& operator=(const backlog&) = delete;

    /// Takes a task that was just scheduled. False when it was here already.
    bool add(task what);

    /// Takes back a task that had been handed out, or one whose home is another queue. It stands where it stood; the bound
    /// does not apply, because no refill would bring it.
    void put_back(task what);

    /// Takes a query. Queries are not durable, so they are always kept, and go before everything else.
    void add_query(task what);

    /// The next task to hand out.
    [[nodiscard]] const task* front() const;
    task take_front();

    /// Forgets a task, wherever it stands.
    void withdraw(const task_key& key);

    /// True once each time that more should be asked for; the answer is `refill`.
    [[nodiscard]] bool wants_more();
    [[nodiscard]] task_order read_up_to() const noexcept { return read_up_to_; }

    /// What followed `read_up_to`, in order, including everything that was offered before it was asked for. `complete`: there
    /// was nothing more.
    void refill(std::vector<task> tasks, bool complete);

    [[nodiscard]] std::size_t kept() const noexcept { return tasks_.size() + queries_.size() + arrivals_.size(); }
    /// How many wait, queries apart; the part that is not in memory is an estimate.
    [[nodiscard]] std::int64_t size() const noexcept {
        return static_cast<std::int64_t>(tasks_.size() + arrivals_.size()) + left_out_;
    }
    /// Since when the oldest task waits; nothing for as long as only the store knows it.
    [[nodiscard]] std::optional<instant> oldest() const;

    /// Everything in memory, in order; the backlog is empty afterwards.
    [[nodiscard]] std::vector<task> drain();

  private:
    using ordered = std::multimap<task_order, task>;
    struct place {
        ordered::iterator at;
        bool arrived = false;
    };

    void keep(task what);
    void leave_out(const task& what);

    std::size_t kept_limit_;
    std::size_t low_water_;
    ordered tasks_;
    ordered arrivals_;
    std::deque<task> queries_;
    std::unordered_map<task_key, place> where_;
    task_order read_up_to_;
    /// The first of those that were left out since the last question.
    std::optional<task_order> first_left_out_;
    /// Since when the oldest of them waits.
    std::optional<instant> left_out_since_;
    bool behind_ = true;
    bool asked_ = false;
    std::int64_t left_out_ = 0;
};

}  // namespace perdure::matching
