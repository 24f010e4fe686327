#pragma once

#include <perdure/worker.hpp>
#include <string>
#include <utility>

#include "bench/stage/stage.hpp"

namespace perdure::bench {

/// A worker that is never what others wait for.
[[nodiscard]] inline worker_options busy_worker(bool plain) {
    return {.task_queue = task_queue,
            .workflow_threads = 1,
            .activity_threads = 1,
            .max_workflow_tasks = 1000,
            .max_activities = 1000,
            .replay_level = plain ? replay_level::commands : replay_level::arguments,
            .record_call_sites = !plain,
            .least_log_level = log_level::warning};
}

/// The same on another queue, for workflows that read the real clock.
[[nodiscard]] inline worker_options clock_reader(std::string queue) {
    worker_options made = busy_worker(false);
    made.task_queue = std::move(queue);
    made.guard_workflow_code = false;
    return made;
}

}  // namespace perdure::bench
