#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace perdure::history {

/// Bounds of what a run, a request and an event may be. Defaults are Temporal's.
struct limits {
    std::size_t id_bytes = 1000;
    /// Input, result, details, failure: what one request or command may carry.
    std::size_t payload_bytes = 2 * 1024 * 1024;
    std::size_t memo_bytes = 2 * 1024 * 1024;
    std::size_t search_attribute_count = 100;
    std::size_t search_attribute_value_bytes = 2 * 1024;
    std::size_t search_attributes_bytes = 40 * 1024;
    std::size_t user_metadata_summary_bytes = 400;
    std::size_t user_metadata_details_bytes = 20'000;
    std::size_t user_metadata_call_site_bytes = 400;

    std::size_t pending_activities = 2'000;
    std::int64_t signals = 10'000;
    std::size_t buffered_events = 100;
    std::size_t buffered_bytes = 2 * 1024 * 1024;
    /// An activity's last failure is cut to about this many bytes while the activity is pending.
    std::size_t kept_failure_bytes = 4 * 1024;
    /// Queries that wait for a run's next workflow task.
    std::size_t waiting_queries = 1;

    std::int64_t history_events_suggest = 4'096;
    std::int64_t history_events = 51'200;
    std::int64_t history_bytes_suggest = 4 * 1024 * 1024;
    std::int64_t history_bytes = 50 * 1024 * 1024;

    std::chrono::milliseconds workflow_task_timeout = std::chrono::seconds(10);
    /// A longer start-to-close of workflow tasks is cut to this.
    std::chrono::milliseconds workflow_task_timeout_max = std::chrono::seconds(120);
    std::chrono::milliseconds workflow_task_heartbeat_total = std::chrono::minutes(30);
    std::chrono::milliseconds workflow_task_retry_max_interval = std::chrono::minutes(10);
};

}  // namespace perdure::history
