#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace perdure::detail {

/// What a worker counts. The names on the wire are those of Temporal's SDKs (sdk/worker/metrics.cpp has the table).
enum class counter {
    workflow_completed,
    workflow_canceled,
    workflow_failed,
    workflow_continue_as_new,
    workflow_task_execution_failed,
    workflow_task_no_completion,
    workflow_task_queue_poll_succeed,
    activity_execution_failed,
    unregistered_activity_invocation,
    sticky_cache_hit,
    sticky_cache_miss,
    sticky_cache_total_forced_eviction,
    worker_start,
    poller_start,
    request,
    request_failure,
};
enum class latency {
    workflow_task_schedule_to_start,
    workflow_task_execution,
    activity_schedule_to_start,
    activity_execution,
    activity_succeed_endtoend,
    request,
};
enum class gauge {
    sticky_cache_size,
    num_pollers,
    workflow_slots_available,
    workflow_slots_used,
    activity_slots_available,
    activity_slots_used,
};

/// Where the measurements go. `about` is the workflow type, activity type or operation, or empty. Thread safe.
class meter {
  public:
    meter() = default;
    meter(const meter&) = delete;
    meter& operator=(const meter&) = delete;
    virtual ~meter() = default;

    virtual void add(counter what, std::string_view about) = 0;
    virtual void observe(latency what, std::string_view about, std::chrono::nanoseconds duration) = 0;
    virtual void set(gauge what, std::int64_t value) = 0;
    virtual void change(gauge what, std::int64_t by) = 0;
    /// A counter of workflow code's own.
    virtual void add_named(std::string_view name, std::string_view workflow_type, double amount) = 0;
};

/// Measures nothing.
[[nodiscard]] meter& no_meter() noexcept;

}  // namespace perdure::detail
