#pragma once

// The engine: every rule of a run, as functions of a state, an environment and an input.
//
// A function that takes `run_state&` either refuses the input and leaves the state alone, or succeeds wholly: it changes
// the state and says what it did in a transition, whose record folds an equal state to the same result. Nothing here is
// thread safe; nothing here reads a clock, draws a random number, does I/O or keeps anything between calls.

#include "api/proto.hpp"
#include "api/result.hpp"
#include "history_service/engine/effects.hpp"
#include "history_service/engine/environment.hpp"
#include "history_service/engine/queries.hpp"
#include "history_service/engine/start.hpp"
#include "history_service/engine/state.hpp"
#include "history_service/engine/tasks.hpp"
#include "history_service/engine/transition.hpp"

#include <optional>
#include <string>
#include <vector>

namespace perdure::history {

// --- Fold, checkpoint, restore --------------------------------------------------------------------------------------

/// Applies a record to the state it was made from. Error: data_loss if the record does not follow the state.
[[nodiscard]] result<done> fold(run_state& state, const journal::JournalRecord& record);

/// The state as a message; `restore` of it gives an equal state.
[[nodiscard]] journal::Checkpoint checkpoint(const run_state& state);
/// Error: data_loss if the checkpoint is of an unknown version or contradicts itself.
[[nodiscard]] result<run_state> restore(const journal::Checkpoint& checkpoint);

/// Why the state cannot be, or nothing. Every transition asserts that there is nothing; fsck prints it.
[[nodiscard]] std::optional<std::string> broken_invariant(const run_state& state);

// --- What a state implies -------------------------------------------------------------------------------------------

/// When `fire_due` next has something to do. A closed run has none.
[[nodiscard]] std::optional<wall_time> next_wakeup(const run_state& state);

/// The tasks that wait for a worker: what must be offered after a restart.
[[nodiscard]] std::vector<outstanding_task> outstanding_tasks(const run_state& state);

/// One run as lists and describe show it: status, type, queue, times, memo, search attributes, history length and bytes.
[[nodiscard]] pb::workflow::WorkflowExecutionInfo visibility_of(const run_state& state);

[[nodiscard]] pb::service::DescribeWorkflowExecutionResponse describe(const run_state& state);

// --- Time -----------------------------------------------------------------------------------------------------------

/// Everything that is due at `env.now`, in one pass in order of due time. Empty if nothing is.
/// Queries that waited for a task that timed out come back for direct dispatch.
[[nodiscard]] transition fire_due(run_state& state, query_book& book, const environment& env, query_outcome& queries);

// --- Clients --------------------------------------------------------------------------------------------------------

[[nodiscard]] result<transition> signal(run_state& state, const environment& env,
                                        const pb::service::SignalWorkflowExecutionRequest& request);

/// A second request is accepted and does nothing.
[[nodiscard]] result<transition> request_cancel(run_state& state, const environment& env,
                                                const pb::service::RequestCancelWorkflowExecutionRequest& request);

[[nodiscard]] result<transition> terminate(run_state& state, const environment& env,
                                           const pb::service::TerminateWorkflowExecutionRequest& request);

/// Ends a running run so that it can be deleted; nothing for a closed one. Removing the rows is the shard's work.
[[nodiscard]] transition terminate_for_delete(run_state& state, const environment& env);

[[nodiscard]] result<transition> reset_sticky(run_state& state, const environment& env);

// --- Workflow tasks -------------------------------------------------------------------------------------------------

struct workflow_task_start {
    transition change{};
    started_workflow_task task{};
};

/// Hands the pending workflow task to a worker. Error: not_found if `task` is not waiting (any more).
[[nodiscard]] result<workflow_task_start> start_workflow_task(run_state& state, query_book& book, const environment& env,
                                                              const task_ref& task, const task_taker& taker);

struct workflow_task_completion {
    transition change{};
    /// Without the tasks below.
    pb::service::RespondWorkflowTaskCompletedResponse response{};
    /// Activities that asked to run on the very worker that answers: already started.
    std::vector<started_activity_task> eager_activities{};
    /// The next workflow task, already started, if the worker asked for it (`return_new_workflow_task`).
    std::optional<started_workflow_task> next_task{};
    query_outcome queries{};
};

/// The started task once more, with its whole history, for a worker that takes the place of one that was lost before it
/// answered. Nothing changes; whichever answers first counts. Error: not_found if the claim is not the started task.
[[nodiscard]] result<started_workflow_task> redeliver_workflow_task(const run_state& state, const query_book& book,
                                                                    const task_claim& claim);

/// A worker's answer. Commands are judged before anything changes. If one is bad, the task is failed instead:
/// `change.refusal` is then the answer to the worker. Error: not_found if the claim is not the started task.
[[nodiscard]] result<workflow_task_completion> complete_workflow_task(
    run_state& state, query_book& book, const environment& env, const task_claim& claim,
    const pb::service::RespondWorkflowTaskCompletedRequest& request);

struct workflow_task_failure {
    transition change{};
    query_outcome queries{};
};
[[nodiscard]] result<workflow_task_failure> fail_workflow_task(run_state& state, query_book& book, const environment& env,
                                                               const task_claim& claim,
                                                               const pb::service::RespondWorkflowTaskFailedRequest& request);

// --- Activities -----------------------------------------------------------------------------------------------------

struct activity_start {
    transition change{};
    started_activity_task task{};
};

/// Hands a waiting activity to a worker. Error: not_found if `task` is not waiting (any more).
[[nodiscard]] result<activity_start> start_activity(run_state& state, const environment& env, const task_ref& task,
                                                    const task_taker& taker);

/// The started attempt once more, for a worker that takes the place of one that never received it.
[[nodiscard]] result<started_activity_task> redeliver_activity(const run_state& state, const task_claim& claim);

struct heartbeat_outcome {
    transition change{};
    pb::service::RecordActivityTaskHeartbeatResponse response{};
};

/// Which attempt of a running activity a request by id means. Errors: not_found, invalid_argument.
[[nodiscard]] result<task_claim> claim_by_activity_id(const run_state& state, const std::string& activity_id);

[[nodiscard]] result<heartbeat_outcome> heartbeat_activity(run_state& state, const environment& env, const task_claim& claim,
                                                           const pb::service::RecordActivityTaskHeartbeatRequest& request);
[[nodiscard]] result<transition> complete_activity(run_state& state, const environment& env, const task_claim& claim,
                                                   const pb::service::RespondActivityTaskCompletedRequest& request);

struct activity_completion {
    transition change{};
    /// Of the foreseen workflow task, if its answer took effect too. Without a change of its own.
    std::optional<workflow_task_completion> foreseen{};
};

/// What a worker is to know so that it can run the workflow task that follows this activity by itself: nothing unless it has the
/// run in its cache, and the workflow waits for this one activity and perhaps for timers and signals. The token stays empty.
[[nodiscard]] std::optional<started_workflow_task> foresee_workflow_task(const run_state& state, const query_book& book,
                                                                         const limits& bounds, const std::string& worker);

/// As `complete_activity`. A request that answers the foreseen workflow task as well does both, at the time that the worker
/// names, if nothing happened to the run since the task was foreseen; else it does the first alone.
[[nodiscard]] result<activity_completion> complete_activity_and_task(
    run_state& state, query_book& book, const environment& env, const task_claim& claim,
    const pb::service::RespondActivityTaskCompletedRequest& request);

[[nodiscard]] result<transition> fail_activity(run_state& state, const environment& env, const task_claim& claim,
                                               const pb::service::RespondActivityTaskFailedRequest& request);
[[nodiscard]] result<transition> cancel_activity_task(run_state& state, const environment& env, const task_claim& claim,
                                                      const pb::service::RespondActivityTaskCanceledRequest& request);

}  // namespace perdure::history
