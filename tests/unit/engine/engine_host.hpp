#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/token.hpp"
#include "history_service/engine/engine.hpp"

namespace perdure::history::test {

/// Ids that count up, shaped like UUIDs.
class counted_ids final : public id_source {
  public:
    std::string next() override;

  private:
    std::uint64_t count_ = 0;
};

/// One run as the host keeps it: the live state, and a second one that only ever folds records.
struct hosted_run {
    run_state state{};
    run_state folded{};
    query_book book{};
    std::vector<pb::history::HistoryEvent> history{};
    /// What offers and withdrawals add up to.
    std::set<task_ref> rows{};
    std::vector<journal::JournalRecord> journal{};
};

struct query_reply {
    std::optional<result<pb::service::QueryWorkflowResponse>> answered{};
};

/// The least service around the engine: runs in memory, tasks handed to whoever asks, time given. After every transition
/// it checks that the folded state equals the live one, that a checkpoint restores it, and that the rows that effects
/// made are the tasks that the state says are waiting.
class engine_host {
  public:
    wall_time now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    limits bounds{};
    /// Of all transitions, in order.
    effects told{};

    result<pb::service::StartWorkflowExecutionResponse> start(const pb::service::StartWorkflowExecutionRequest& request);
    result<pb::service::SignalWithStartWorkflowExecutionResponse> signal_with_start(
        const pb::service::SignalWithStartWorkflowExecutionRequest& request);
    result<done> signal(const pb::service::SignalWorkflowExecutionRequest& request);
    result<done> cancel(const pb::service::RequestCancelWorkflowExecutionRequest& request);
    result<done> terminate(const pb::service::TerminateWorkflowExecutionRequest& request);
    result<done> reset_sticky(const pb::service::ResetStickyTaskQueueRequest& request);
    result<pb::service::DescribeWorkflowExecutionResponse> describe(const pb::common::WorkflowExecution& execution);
    std::shared_ptr<query_reply> query(const pb::service::QueryWorkflowRequest& request);

    /// The next task of a queue, if there is one.
    std::optional<pb::service::PollWorkflowTaskQueueResponse> poll_workflow(
        const pb::service::PollWorkflowTaskQueueRequest& request);
    std::optional<pb::service::PollActivityTaskQueueResponse> poll_activity(
        const pb::service::PollActivityTaskQueueRequest& request);
    result<pb::service::RespondWorkflowTaskCompletedResponse> complete(
        const pb::service::RespondWorkflowTaskCompletedRequest& request);
    result<done> fail(const pb::service::RespondWorkflowTaskFailedRequest& request);
    result<done> answer_query(const pb::service::RespondQueryTaskCompletedRequest& request);

    result<pb::service::RecordActivityTaskHeartbeatResponse> heartbeat(
        const pb::service::RecordActivityTaskHeartbeatRequest& request);
    result<done> complete_activity(const pb::service::RespondActivityTaskCompletedRequest& request);
    result<pb::service::RespondActivityTaskCompletedResponse> complete_activity_and_task(
        const pb::service::RespondActivityTaskCompletedRequest& request);
    result<done> fail_activity(const pb::service::RespondActivityTaskFailedRequest& request);
    result<done> cancel_activity(const pb::service::RespondActivityTaskCanceledRequest& request);
    /// The claim and run that a request by activity id is for.
    result<std::string> token_by_id(const std::string& workflow_id, const std::string& run_id, const std::string& activity_id);

    /// Fires everything due up to `time`, in order.
    void advance(wall_time time);
    [[nodiscard]] std::optional<wall_time> next_due() const;

    /// The run with this id, or the newest one of the workflow id; nullptr if there is none.
    [[nodiscard]] hosted_run* find(const std::string& workflow_id, const std::string& run_id = "");
    /// Oldest first.
    [[nodiscard]] const std::vector<std::string>& runs_of(const std::string& workflow_id) { return order_[workflow_id]; }
    [[nodiscard]] environment env() { return {now, ids_, bounds}; }
    void commit(hosted_run& run, transition change);

  private:
    struct direct_query {
        std::string id{};
        std::string run_id{};
        pb::query::WorkflowQuery query{};
    };

    void adopt(created_run created);
    void check(hosted_run& run) const;
    void note(hosted_run& run, const effects& consequences);
    void settle(hosted_run& run, query_outcome outcome);
    result<hosted_run*> require(const std::string& workflow_id, const std::string& run_id);
    pb::service::RespondWorkflowTaskCompletedResponse finish(hosted_run& run, workflow_task_completion completed);
    result<hosted_run*> claimed(const std::string& token, perdure::task_kind kind, task_claim& claim);
    pb::service::PollWorkflowTaskQueueResponse deliver(hosted_run& run, started_workflow_task task);
    pb::service::PollActivityTaskQueueResponse deliver(hosted_run& run, started_activity_task task);
    std::string make_current(const pb::service::StartWorkflowExecutionRequest& request, const start_decision& decision,
                             const std::function<created_run()>& create);

    counted_ids ids_;
    std::map<std::string, hosted_run> runs_;
    std::map<std::string, std::vector<std::string>> order_;
    std::deque<direct_query> direct_;
    std::map<std::string, std::shared_ptr<query_reply>> replies_;
    int next_query_ = 0;
};

}  // namespace perdure::history::test
