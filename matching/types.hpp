#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace perdure::matching {

/// Time since a moment of the caller's choice, on a clock that never goes back.
using instant = std::chrono::nanoseconds;

enum class task_kind : std::uint8_t { workflow, activity };

/// Names one queue. The same name may be served for workflow and for activity tasks, and be sticky or not; those are
/// different queues.
struct queue_key {
    std::string name_space;
    std::string name;
    task_kind kind = task_kind::workflow;
    bool sticky = false;

    friend auto operator<=>(const queue_key&, const queue_key&) = default;
};

/// What a task is for. Two offers with the same key are the same task.
struct task_key {
    /// History's number of the run.
    std::int64_t run = 0;
    std::int64_t scheduled_event_id = 0;
    std::int32_t attempt = 1;
    /// Not 0 for a query, which has no event of its own.
    std::uint64_t query = 0;

    friend auto operator<=>(const task_key&, const task_key&) = default;
};

/// The place of a task in its queue, given by whoever scheduled it: by time, then by run, then within the run. It stays the
/// same when the task is offered again, so that a task that comes back stands where it stood.
struct task_order {
    std::int64_t scheduled = std::numeric_limits<std::int64_t>::min();
    std::int64_t run = 0;
    std::int64_t event_id = 0;

    friend auto operator<=>(const task_order&, const task_order&) = default;
};

/// Something that a worker is to do. Matching knows who waits for what, not what it is.
struct task {
    task_key key;
    task_order order;
    /// Since when it may be taken.
    instant since{};
    /// Of a task whose home is a sticky queue: the normal queue it falls back to. Else empty.
    std::string normal_queue{};

    [[nodiscard]] bool is_query() const noexcept { return key.query != 0; }
};

/// Chosen by the caller, not 0 and unique among the pollers of a matcher.
using poller_id = std::uint64_t;

/// The task is the poller's: it has left its queue, and a credit of the poller is used up.
struct match {
    queue_key queue;
    task what;
    poller_id poller = 0;
    /// Somebody waited for it when it was offered.
    bool sync = false;
};

/// The queue has room again and knows that it does not hold everything: answer with `matcher::refill`.
struct need_more {
    queue_key queue;
    /// The last task that it took; what follows is wanted.
    task_order after;
};

/// The deadline of a one-shot poll passed; the matcher has forgotten it.
struct poll_expired {
    poller_id poller = 0;
};

/// Nobody serves the sticky queue of this task any more, and the task has left it: it belongs on its normal queue.
struct sticky_unavailable {
    queue_key queue;
    task what;
};

using output = std::variant<match, need_more, poll_expired, sticky_unavailable>;
using outputs = std::vector<output>;

struct poller_stats {
    std::string identity;
    instant last_access{};
    /// Tasks a second it takes at most; 0 is no limit.
    double rate_per_second = 0;
};

struct queue_stats {
    std::vector<poller_stats> pollers;
    std::int64_t backlog = 0;
    instant backlog_age{};
    double tasks_added_per_second = 0;
    double tasks_dispatched_per_second = 0;
    bool rate_limiting_active = false;
    double rate_per_second = 0;
};

/// What happened to the tasks of one kind since the matcher was made, over all its queues.
struct kind_counts {
    /// Tasks that were offered while nobody served their queue.
    std::uint64_t without_poller = 0;
    /// Times that the rate limit of a queue began to hold tasks back.
    std::uint64_t throttled = 0;
};

/// The tasks of one kind that wait, over all queues.
struct backlog_figures {
    std::int64_t count = 0;
    /// Of the oldest of them.
    instant age{};
};

/// Bounds and windows. The defaults are the ones of the service; tests use small ones.
struct matcher_options {
    /// Tasks that one queue keeps in memory. What is beyond is counted and asked for later.
    std::size_t kept_tasks = 2'000;
    /// At or below this many kept tasks the rest is asked for.
    std::size_t low_water = 500;
    /// Credits that one subscription can hold; more are ignored.
    std::uint32_t max_credits = 10'000;
    /// A sticky queue counts as served this long after its last one-shot poll.
    instant sticky_window = std::chrono::seconds{10};
    /// Pollers are listed this long after they were last seen, and a queue without pollers is then forgotten.
    instant idle_after = std::chrono::minutes{5};
    /// Identities remembered a queue.
    std::size_t kept_identities = 200;
};

}  // namespace perdure::matching

template <>
struct std::hash<perdure::matching::queue_key> {
    std::size_t operator()(const perdure::matching::queue_key& key) const noexcept {
        const std::hash<std::string> text;
        std::size_t seed = text(key.name_space);
        seed = seed * 31 + text(key.name);
        return seed * 31 + static_cast<std::size_t>(key.kind) * 2 + (key.sticky ? 1 : 0);
    }
};

template <>
struct std::hash<perdure::matching::task_key> {
    std::size_t operator()(const perdure::matching::task_key& key) const noexcept {
        std::size_t seed = std::hash<std::int64_t>{}(key.run);
        seed = seed * 31 + std::hash<std::int64_t>{}(key.scheduled_event_id);
        seed = seed * 31 + static_cast<std::size_t>(key.attempt);
        return seed * 31 + std::hash<std::uint64_t>{}(key.query);
    }
};
