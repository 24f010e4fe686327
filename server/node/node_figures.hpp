#pragma once

#include <cstddef>
#include <cstdint>

#include "server/metrics/tally.hpp"

namespace perdure::server {

/// What became of the tasks of one kind, eager ones included, queries apart.
struct task_figures {
    /// From the moment a task was scheduled to the start of its attempt.
    latency_tally schedule_to_start;
    /// From its offer to its delivery, with a worker that waited for it, and without.
    latency_tally sync_match;
    latency_tally async_match;
    std::uint64_t without_poller = 0;
    std::uint64_t throttled = 0;
    /// Those that wait for a worker now, and since when the oldest does.
    std::int64_t backlog = 0;
    double backlog_age_seconds = 0;
};

/// What a node holds at the moment, and what it counted since it began, for metrics and for people.
struct node_figures {
    std::size_t sessions = 0;
    std::size_t polls = 0;
    std::size_t pollers = 0;
    std::size_t loaded_task_queues = 0;
    /// Activities that run on connected workers.
    std::size_t running_activities = 0;
    std::size_t cached_runs = 0;
    std::size_t cached_bytes = 0;
    std::size_t armed_wakeups = 0;
    /// Look-ups of runs in memory.
    std::uint64_t cache_requests = 0;
    /// Answers to foreseen workflow tasks that took effect, and that came too late.
    std::uint64_t foreseen_taken = 0;
    std::uint64_t foreseen_passed_over = 0;
    task_figures workflow_tasks{};
    task_figures activity_tasks{};
    count_tally workflow_task_attempts{};
    /// How late wake-ups were fired, and handed to a worker.
    latency_tally wakeups_fired{};
    latency_tally wakeups_handed_over{};
};

}  // namespace perdure::server
