#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/proto.hpp"
#include "perdure/mismatch.hpp"
#include "sdk/replay/run_environment.hpp"
#include "sdk/replay/workflow_registry.hpp"

namespace perdure::detail {

/// What a workflow task came to.
enum class activation_kind {
    completed,       // answer with `completed`
    failed,          // answer with `failed`; the run must be dropped
    query_answered,  // answer with `query`: the task was a query and nothing else
    wrong_history,   // nothing was done; see activation_result::history_needed
};

/// Why a task failed, for those who tell people apart from machines.
enum class task_problem {
    none,
    mismatch,   // the code no longer fits the history; see activation_result::found
    payload,    // a payload does not decode
    newer_sdk,  // the history was written by a newer version of this SDK
    code,       // workflow code threw, or used the library wrongly
};

/// What to do about a history that does not fit the run.
enum class history_fix {
    none,
    new_run,  // the task has the whole history and this run is ahead or behind: drop it, activate a new one with the same task
    full_history,  // the task has only later events and this run lacks what lies between: drop it, fetch the history from event 1
};

/// The answer to one workflow task. The caller adds task token, identity, namespace, sticky attributes and the like.
struct activation_result {
    activation_kind kind = activation_kind::completed;
    pb::service::RespondWorkflowTaskCompletedRequest completed;  // commands, query results, SDK metadata
    pb::service::RespondWorkflowTaskFailedRequest failed;        // cause and failure; its stack trace names the coroutines
    pb::service::RespondQueryTaskCompletedRequest query;         // answer or error of a direct query
    history_fix history_needed = history_fix::none;
    /// The run has issued its closing command, or cannot go on: drop it (before the answer is sent).
    bool drop_run = false;
    /// Events of tasks that had been completed before this one; 0 when the run was cached.
    std::size_t events_replayed = 0;
    /// For logs: why the task failed or the history does not fit.
    std::string reason;
    task_problem trouble = task_problem::none;
    /// Of a task that failed because the code no longer fits the history: where they part.
    std::optional<mismatch> found;
    /// Differences that the level of replay lets pass.
    std::vector<mismatch> warnings;
};

/// One workflow run in memory: the user's object, its coroutine frames and pending operations, driven by history.
///
/// Feed it each workflow task of the run; it decides from the task's history whether it replays from the start or goes on.
/// Destroying it is eviction: frames are destroyed innermost first, no workflow code runs apart from destructors, and what
/// these ask of the run is refused. All members, the destructor included, must be called on one thread at a time, and a run
/// whose workflow type keeps thread-local state belongs on the same thread for life.
class workflow_run {
  public:
    /// `type` must outlive the run.
    workflow_run(const workflow_type& type, run_identity identity);
    ~workflow_run();
    workflow_run(const workflow_run&) = delete;
    workflow_run& operator=(const workflow_run&) = delete;

    /// Applies a workflow task. `task.history` must be whole: fetch the pages that `next_page_token` announces first.
    /// Never throws for anything that workflow code or the history does: that is a failed or refused task.
    [[nodiscard]] activation_result activate(const pb::service::PollWorkflowTaskQueueResponse& task,
                                             const activation_environment& environment);

    /// Applies recorded events and asks for nothing new: what was begun last and not completed stays undone. A history may come
    /// in parts: each but the last ends before a WorkflowTaskScheduled whose task before was completed, and begins with the
    /// events behind the started event of that task. `last` compares what is left at the end. The kind is `completed`, `failed`
    /// or `wrong_history`; a failed run cannot go on.
    [[nodiscard]] activation_result replay(const google::protobuf::RepeatedPtrField<pb::history::HistoryEvent>& events, bool last,
                                           const activation_environment& environment);

    /// Answers a query from the state after the last activation. Changes nothing.
    [[nodiscard]] pb::query::WorkflowQueryResult query(const pb::query::WorkflowQuery& query,
                                                       const activation_environment& environment);

    /// Bytes that this run holds, for a cache that is bounded in bytes: arena, payloads kept, and the object itself. What the
    /// workflow's own members allocate from the heap is not seen.
    [[nodiscard]] std::size_t bytes() const noexcept;

    [[nodiscard]] const run_identity& identity() const noexcept;

    /// The started event of the last task that was applied; 0 before the first.
    [[nodiscard]] std::int64_t last_started_event_id() const noexcept;

    /// The logical stacks of all suspended coroutines, as the query __stack_trace gives them.
    [[nodiscard]] std::string stack_text() const;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

/// The answer to a task of a type that is not registered: fails the task with the list of known types.
[[nodiscard]] activation_result refuse_unknown_type(const pb::service::PollWorkflowTaskQueueResponse& task,
                                                    const workflow_registry& known);

}  // namespace perdure::detail
