#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "api/proto.hpp"
#include "api/worker_message.hpp"
#include "perdure/log.hpp"
#include "sdk/activity/activity_answer.hpp"
#include "sdk/vocabulary/payload_conversion.hpp"

namespace perdure::detail {

/// Time inside the worker: monotonic in production, virtual in tests. Always passed in.
using moment = std::chrono::steady_clock::time_point;

/// What a worker is and how much it takes on at once.
struct core_options {
    std::string space = "default";
    std::string identity;
    std::string build_id;
    std::string task_queue;
    /// The queue on which only this worker gets the next tasks of the runs it has cached; empty without a cache.
    std::string sticky_queue;
    /// Workflow tasks in hand at once, each for the normal and the sticky queue; 0 when no workflow type is registered.
    std::uint32_t workflow_slots = 0;
    /// Activities under way at once; 0 when no activity is registered.
    std::uint32_t activity_slots = 0;
    double max_activities_per_second = 0;
    bool eager_activities = true;
    /// How long the server waits for this worker before it gives a sticky task to anybody.
    std::chrono::milliseconds sticky_timeout{10'000};
    /// How long running activities may go on after a drain has begun before they are asked to stop.
    std::chrono::milliseconds drain_timeout{30'000};
    /// How long they then have to stop.
    std::chrono::milliseconds stop_grace{5'000};
    std::chrono::milliseconds default_heartbeat_interval{30'000};
    std::chrono::milliseconds max_heartbeat_interval{60'000};
    std::chrono::milliseconds reconnect_initial{50};
    std::chrono::milliseconds reconnect_max{5'000};
    /// How many servers there are to connect to. Each is tried once before the pause grows, and one that is silent is given up
    /// sooner.
    std::size_t servers = 1;
    /// Feeds the jitter of reconnects, nothing else.
    std::uint64_t seed = 0;
    /// What is done to payloads as they come and go; null for nothing.
    std::shared_ptr<const payload_conversion> conversion{};
};

/// Names one task in the worker, from its arrival to its answer.
using job_id = std::uint64_t;

/// A workflow task, where it was read: it keeps the frame that it came in.
using workflow_task_ptr = std::shared_ptr<const pb::service::PollWorkflowTaskQueueResponse>;

/// Whether the server has not scheduled the task yet: the worker runs it for a result that is still on its way.
[[nodiscard]] inline bool is_foreseen(const pb::service::PollWorkflowTaskQueueResponse& task) noexcept {
    return task.task_token().empty();
}

// What the shell has to do, in the order given.

/// Connect; tell the core by `connected` or `disconnected`.
struct open_connection {};
/// Hang up; the core treats the connection as lost already.
struct close_connection {
    std::string reason;
    /// The server hangs, so that the next connection should go to another one.
    bool hangs = false;
};
/// Send the messages, as one frame.
struct send_frame {
    std::vector<worker_message> messages;
};
/// Hand the task to the thread that owns the run; answer by `workflow_done`.
struct run_workflow_task {
    job_id job = 0;
    workflow_task_ptr task;
};
/// Forget the cached state of a run: it ran ahead of what the server accepted.
struct evict_run {
    std::string run_id;
};
/// Run the activity; answer by `activity_done`. The task keeps the frame that it came in, so it is not for holding.
struct start_activity {
    job_id job = 0;
    std::shared_ptr<const pb::service::PollActivityTaskQueueResponse> task;
};
/// Ask a running activity to stop.
struct cancel_activity {
    job_id job = 0;
    std::string reason;
    /// The workflow asked for it (and not this worker's end or the attempt's).
    bool requested = false;
};
struct say {
    log_level level = log_level::info;
    std::string text;
};
/// The worker is finished: drained (no error), or refused by the server with a reason.
struct stopped {
    std::string error;
};

using effect = std::variant<open_connection, close_connection, send_frame, run_workflow_task, evict_run, start_activity,
                            cancel_activity, say, stopped>;

/// The thread that ran a workflow task has lost the run and needs its whole history. Of a foreseen task: nothing was done.
struct needs_history {};
/// Nothing is said to the server: the task times out there, which paces the attempts.
struct stay_silent {};

/// What came of a workflow task.
struct workflow_answer {
    /// A message completes or fails the task, or answers its query; the core adds what only it knows.
    std::variant<stay_silent, needs_history, std::shared_ptr<pb::worker::WorkerMessage>> body;
    /// The run is still cached, so that the next task may come by the sticky queue.
    bool cached = false;
};

/// The answer that fails a workflow task.
[[nodiscard]] std::shared_ptr<pb::worker::WorkerMessage> failed_task(const pb::service::PollWorkflowTaskQueueResponse& task,
                                                                     pb::enums::WorkflowTaskFailedCause cause,
                                                                     pb::failure::Failure why);
/// The answer that fails the query of a task.
[[nodiscard]] std::shared_ptr<pb::worker::WorkerMessage> failed_query(const pb::service::PollWorkflowTaskQueueResponse& task,
                                                                      std::string why);

}  // namespace perdure::detail
