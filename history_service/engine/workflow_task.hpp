#pragma once

#include <optional>

#include "history_service/engine/history_extent.hpp"
#include "history_service/engine/mutation.hpp"
#include "history_service/engine/queries.hpp"
#include "history_service/engine/tasks.hpp"

namespace perdure::history {

/// Where the next workflow task goes: the sticky queue while there is one, else the run's own.
[[nodiscard]] pb::taskqueue::TaskQueue current_queue(const run_state& state);

/// Start-to-close of a workflow task: longer from the fourth attempt on, so that a run that cannot be fixed by trying again
/// is tried ever more seldom.
[[nodiscard]] milliseconds grown_timeout(milliseconds timeout, std::int32_t attempt, milliseconds most);

/// Schedules a workflow task unless one is pending or the run is closed. Buffered events become history first.
/// `heartbeat_since` is given for a task that goes on with a row of heartbeats.
void schedule_workflow_task(mutation& change, std::optional<wall_time> heartbeat_since = std::nullopt);

/// What every event that the workflow should see ends with: a workflow task, unless the run's first one is held back; and
/// an end of the started one if too much is buffered behind it.
void wake_workflow(mutation& change);
/// As `wake_workflow`, but does not wait for a held-back first task.
void wake_workflow_at_once(mutation& change);

/// Starts the pending task. `request_id` is what the started event names the start by.
[[nodiscard]] started_workflow_task start_pending_task(mutation& change, query_book& book, const task_taker& taker,
                                                       const std::string& request_id);

/// The started event of a pending task that is not transient. `seen` is the history as the workflow is told of it.
void start_stored_task(mutation& change, const std::string& identity, const std::string& request_id, const history_extent& seen);

/// The response for the started task.
[[nodiscard]] started_workflow_task describe_started_task(const run_state& state, bool sticky);

/// Fails the started task: an event unless the attempt is transient. Neither flushes the buffer nor schedules the next.
void fail_started_task(mutation& change, pb::enums::WorkflowTaskFailedCause cause,
                       const std::optional<pb::failure::Failure>& failure, const std::string& identity);

/// For what ends a run from outside: fails a started task and makes buffered events history.
void give_up_started_task(mutation& change);

/// Lets the started task time out by start-to-close, or the waiting one on its sticky queue.
void time_out_task(mutation& change);

/// Whether the claim is for the task that is started now.
[[nodiscard]] bool claims_started_task(const run_state& state, const task_claim& claim);
[[nodiscard]] service_failure workflow_task_not_found(const run_state& state);

inline constexpr const char* engine_identity = "history-service";
/// Names the start of a task that travels in the answer to the one before it.
inline constexpr const char* start_in_answer = "request-from-RespondWorkflowTaskCompleted";

}  // namespace perdure::history
