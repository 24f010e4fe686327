#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/frontend.hpp"
#include "api/proto.hpp"
#include "api/time.hpp"
#include "history_service/engine/environment.hpp"
#include "history_service/engine/tasks.hpp"
#include "history_service/shard/background.hpp"
#include "history_service/shard/effects_sink.hpp"
#include "history_service/shard/foreseen_figures.hpp"
#include "history_service/shard/options.hpp"
#include "history_service/store/store.hpp"

namespace perdure::history {

/// What a shard stands on. Everything must outlive it.
struct shard_environment {
    store& rows;
    id_source& ids;
    effects_sink& sink;
    /// Where commits are made.
    background& writes;
    /// Where lists and counts are made; they may take long.
    background& lists;
    /// Where runs that are due soon are read.
    background& reads;
};

/// The executions of one shard: their cached states, the order of their commits, their timers.
///
/// Durable before observable: a reply is called, and a notice leaves, when everything it depends on is durable; only workflow
/// tasks go to their workers before, as long as the store is well. A reply may be called before the function returns (with an
/// inline background) or later, always on the shard's thread, exactly once; when the shard is destroyed first, with
/// `unavailable`. A commit that fails answers everybody who waits for it `unavailable` and forgets what was in memory; the shard
/// goes on with what the store has.
///
/// Not thread safe: one thread (or strand) drives it, and time enters by `advance` only.
class history_shard {
  public:
    /// Takes the lease and finds the wake-ups of the near future. Errors: the store's.
    [[nodiscard]] static result<std::unique_ptr<history_shard>> open(const shard_environment& environment, shard_options options,
                                                                     wall_time now);
    /// The same under a lease that was taken before.
    [[nodiscard]] static result<std::unique_ptr<history_shard>> open(const shard_environment& environment, shard_options options,
                                                                     const shard_lease& lease, wall_time now);
    history_shard(const history_shard&) = delete;
    history_shard& operator=(const history_shard&) = delete;
    ~history_shard();

    // --- Time -------------------------------------------------------------------------------------------------------
    /// Moves the clock and fires what is due, in order of due time; of many at once only so many, the rest is due at once.
    void advance(wall_time now);
    /// When `advance` next has something to do.
    [[nodiscard]] std::optional<wall_time> next_due() const;

    // --- Clients: the operations of perdure::frontend with the same names -----------------------------------------------
#define PERDURE_SHARD_OPERATION(function, Name) \
    void function(const pb::service::Name##Request& request, reply<pb::service::Name##Response> done);
#define PERDURE_SHARD_OPERATIONS(X)                                               \
    X(start_workflow_execution, StartWorkflowExecution)                           \
    X(signal_workflow_execution, SignalWorkflowExecution)                         \
    X(signal_with_start_workflow_execution, SignalWithStartWorkflowExecution)     \
    X(query_workflow, QueryWorkflow)                                              \
    X(request_cancel_workflow_execution, RequestCancelWorkflowExecution)          \
    X(terminate_workflow_execution, TerminateWorkflowExecution)                   \
    X(delete_workflow_execution, DeleteWorkflowExecution)                         \
    X(describe_workflow_execution, DescribeWorkflowExecution)                     \
    X(get_workflow_execution_history, GetWorkflowExecutionHistory)                \
    X(get_workflow_execution_history_reverse, GetWorkflowExecutionHistoryReverse) \
    X(list_workflow_executions, ListWorkflowExecutions)                           \
    X(count_workflow_executions, CountWorkflowExecutions)                         \
    X(record_activity_task_heartbeat_by_id, RecordActivityTaskHeartbeatById)      \
    X(respond_activity_task_completed_by_id, RespondActivityTaskCompletedById)    \
    X(respond_activity_task_failed_by_id, RespondActivityTaskFailedById)          \
    X(respond_activity_task_canceled_by_id, RespondActivityTaskCanceledById)      \
    X(respond_activity_task_completed, RespondActivityTaskCompleted)              \
    X(respond_activity_task_failed, RespondActivityTaskFailed)                    \
    X(respond_activity_task_canceled, RespondActivityTaskCanceled)                \
    X(record_activity_task_heartbeat, RecordActivityTaskHeartbeat)                \
    X(respond_workflow_task_completed, RespondWorkflowTaskCompleted)              \
    X(respond_workflow_task_failed, RespondWorkflowTaskFailed)                    \
    X(respond_query_task_completed, RespondQueryTaskCompleted)                    \
    X(reset_sticky_task_queue, ResetStickyTaskQueue)
    PERDURE_SHARD_OPERATIONS(PERDURE_SHARD_OPERATION)
#undef PERDURE_SHARD_OPERATION

    /// Calls `operations` and does what follows from all of them when it returns, so that many that came together are one
    /// transition of the world outside: a workflow task is started after the last result that came with the first.
    void together(const std::function<void()>& operations);

    // --- Tasks ------------------------------------------------------------------------------------------------------
    // Matching found a worker. The answer comes complete with token and history: for an activity when the start is durable, for a
    // workflow task at once, as long as the store is well.
    // Errors: not_found when the task does not wait any more; unavailable when the start could not be made durable.

    /// `normal_queue`: a task of a sticky queue was taken from the normal one, so its history travels whole.
    void start_workflow_task(run_number run, const task_ref& task, const task_taker& taker, bool normal_queue,
                             reply<pb::service::PollWorkflowTaskQueueResponse> done);
    void start_activity_task(run_number run, const task_ref& task, const task_taker& taker,
                             reply<pb::service::PollActivityTaskQueueResponse> done);
    void start_query_task(std::uint64_t query, const task_taker& taker, bool normal_queue,
                          reply<pb::service::PollWorkflowTaskQueueResponse> done);
    /// The same start once more, for a worker that takes the place of one whose connection was lost: a workflow task that was
    /// not answered (with its whole history), an activity task that was never delivered. Nothing changes in the run, and the
    /// token stays the same. Errors: not_found when the start does not stand any more, invalid_argument for a broken token.
    void redeliver_workflow_task(const std::string& task_token, reply<pb::service::PollWorkflowTaskQueueResponse> done);
    void redeliver_activity_task(const std::string& task_token, reply<pb::service::PollActivityTaskQueueResponse> done);
    /// A query task was matched and could not be delivered: it may be offered again.
    void put_back_query(std::uint64_t query);

    struct outstanding_page {
        std::vector<offered_task> tasks;
        /// Nothing follows the last of `tasks`.
        bool complete = false;
    };
    /// What waits on a queue, in order, after `after`: everything that was offered before this call and still waits.
    void outstanding(const queue_key& queue, const task_position& after, std::size_t limit, reply<outstanding_page> done);

    // --- For its owner ----------------------------------------------------------------------------------------------
    /// Nothing is on its way to the store.
    [[nodiscard]] bool idle() const noexcept;
    /// Bytes that the cached states and events hold, and what was read of runs that are due soon.
    [[nodiscard]] std::size_t cached_bytes() const noexcept;
    /// Look-ups of runs, those that had to read the store included.
    [[nodiscard]] std::uint64_t cache_requests() const noexcept;
    [[nodiscard]] foreseen_figures foreseen() const noexcept;
    [[nodiscard]] std::size_t cached_runs() const noexcept;
    /// Wake-ups of the near future, which are held in memory.
    [[nodiscard]] std::size_t armed_wakeups() const noexcept;
    /// Set once another server has taken the lease: every request is refused from then on, and this shard should be let go.
    [[nodiscard]] const std::optional<service_failure>& lost_lease() const noexcept;

  private:
    class core;
    explicit history_shard(std::unique_ptr<core> made);
    std::unique_ptr<core> core_;
};

}  // namespace perdure::history
