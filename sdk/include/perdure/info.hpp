#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "perdure/clock.hpp"

namespace perdure {

/// What a run knows about itself. The first part stays the same for the life of the run.
struct workflow_info {
    /// The namespace.
    std::string space{};
    std::string workflow_id{};
    std::string run_id{};
    std::string workflow_type{};
    std::string task_queue{};
    /// The first run of the chain of continue-as-new and retries.
    std::string first_run_id{};
    /// The run that this one continues; empty for the first.
    std::string continued_run_id{};
    /// Counts the runs of the workflow's own retry policy, from 1.
    int attempt = 1;
    time_point started_at{};
    /// 0 is no limit.
    std::chrono::milliseconds run_timeout{0};
    std::chrono::milliseconds execution_timeout{0};

    /// Events in the history, as of the present workflow task.
    std::int64_t history_length = 0;
    /// Its size, as of the present workflow task.
    std::int64_t history_bytes = 0;
};

}  // namespace perdure
