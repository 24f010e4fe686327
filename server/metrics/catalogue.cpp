#include <array>

#include "server/metrics/metrics.hpp"

namespace perdure::server {
namespace {

using enum metric_kind;

constexpr std::array catalogue{
    metric_definition{"service_requests", counter, "Requests received, by operation."},
    metric_definition{"service_latency", histogram_seconds,
                      "Time from a request's last byte to its answer's first, by operation; a start that waits for its run's end "
                      "is ExecuteWorkflow."},
    metric_definition{"service_errors", counter, "Requests refused, by operation."},
    metric_definition{"service_errors_with_type", counter, "Requests refused, by operation and status code."},
    metric_definition{"service_errors_resource_exhausted", counter,
                      "New work refused because the server has too much of it, by cause."},
    metric_definition{"service_pending_requests", gauge, "Requests that wait for their answer; long polls are among them."},
    metric_definition{"persistence_requests", counter, "Commits and loads of the store, by operation."},
    metric_definition{"persistence_latency", histogram_seconds, "Duration of a commit, its flush included."},
    metric_definition{"persistence_errors", counter, "Commits that failed; their executions were dropped from the cache."},
    metric_definition{"persistence_batch_size", histogram_count, "Transitions written by one commit."},
    metric_definition{"state_transition_count", counter, "Transitions made durable."},
    metric_definition{"persistence_run_writes", counter, "Executions written, each once a commit that holds it."},
    metric_definition{"history_count", histogram_count, "Events of a run's history when it closes."},
    metric_definition{"history_size", histogram_count, "Bytes of a run's history when it closes."},
    metric_definition{"cache_requests", counter, "Look-ups of executions in memory."},
    metric_definition{"cache_miss", counter, "Look-ups that had to read the store."},
    metric_definition{"foreseen_workflow_tasks", counter,
                      "Workflow tasks that workers ran with the activity before them, by whether their answers took effect."},
    metric_definition{"cache_usage", gauge, "Bytes of executions held in memory."},
    metric_definition{"cache_size", gauge, "Executions held in memory."},
    metric_definition{"numshards_gauge", gauge, "Shards that this server owns: 1, or 0 while it stands by."},
    metric_definition{"acquire_shards_count", counter, "Leases taken."},
    metric_definition{"shard_closed_count", counter, "Leases lost to the clock or to another server."},
    metric_definition{"workflow_success", counter, "Runs that completed."},
    metric_definition{"workflow_failed", counter, "Runs that failed."},
    metric_definition{"workflow_cancel", counter, "Runs that were cancelled."},
    metric_definition{"workflow_terminate", counter, "Runs that were terminated."},
    metric_definition{"workflow_timeout", counter, "Runs that timed out."},
    metric_definition{"workflow_continued_as_new", counter, "Runs that continued as new."},
    metric_definition{"activity_success", counter, "Activities that completed."},
    metric_definition{"activity_fail", counter, "Activities that failed for good."},
    metric_definition{"activity_timeout", counter, "Activities that timed out for good."},
    metric_definition{"activity_cancel", counter, "Activities that were cancelled."},
    metric_definition{"task_schedule_to_start_latency", histogram_seconds, "Time a task waited for a worker, by kind."},
    metric_definition{"workflow_task_attempt", histogram_count, "Attempt of each workflow task that was started."},
    metric_definition{"schedule_to_start_timeout", counter, "Tasks that no worker took in time, by kind."},
    metric_definition{"poll_success", counter, "Tasks handed to a worker, by kind."},
    metric_definition{"poll_success_sync", counter, "Tasks whose worker waited for them already, by kind."},
    metric_definition{"syncmatch_latency", histogram_seconds, "Time to hand a task to a worker that waited for it, by kind."},
    metric_definition{"asyncmatch_latency", histogram_seconds, "Time to hand a task over that waited for its worker, by kind."},
    metric_definition{"no_poller_tasks", counter, "Tasks scheduled on a queue that no worker serves, by kind."},
    metric_definition{"buffer_throttle_count", counter, "Times that the rate limit of a queue held tasks back, by kind."},
    metric_definition{"approximate_backlog_count", gauge, "Tasks that wait for a worker, by kind."},
    metric_definition{"approximate_backlog_age_seconds", gauge, "Since when the oldest task waits for a worker, by kind."},
    metric_definition{"task_queue_pollers", gauge, "Subscriptions and polls that wait for tasks."},
    metric_definition{"running_activities", gauge, "Activities that run on connected workers."},
    metric_definition{"armed_wakeups", gauge, "Wake-ups of the near future that are held in memory."},
    metric_definition{
        "wakeup_latency", histogram_seconds,
        "Time from a wake-up's due time (timer, time-out, back-off) to the record of what it did, and to the hand-over "
        "of its workflow task, by stage."},
    metric_definition{"loaded_task_queue_count", gauge, "Task queues in memory."},
    metric_definition{"http_connections", gauge, "Open HTTP connections, idle ones included."},
    metric_definition{"http_connections_refused", counter, "Connections closed at once because the limit was reached."},
    metric_definition{"worker_connections", gauge, "Worker streams that are open."},
    metric_definition{"worker_frames_received", counter, "Frames from workers."},
    metric_definition{"worker_frames_sent", counter, "Frames to workers."},
    metric_definition{"worker_stream_closed", counter, "Worker streams that ended."},
    metric_definition{"process_resident_memory_bytes", gauge, "Resident memory of the process."},
    metric_definition{"process_cpu_seconds_total", gauge, "CPU time of the process, user and system."},
    metric_definition{"process_open_fds", gauge, "Open file descriptors of the process."},
};

}  // namespace

std::span<const metric_definition> metric_catalogue() noexcept { return catalogue; }

}  // namespace perdure::server
