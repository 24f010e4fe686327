#pragma once

#include "api/proto.hpp"
#include "api/result.hpp"
#include "history_service/engine/environment.hpp"
#include "history_service/engine/state.hpp"
#include "history_service/engine/tasks.hpp"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace perdure::history {

/// Queries that wait for a run's workflow task. Lives in memory beside the cached state and is lost with it: whoever
/// asked is then told to ask again.
struct query_book {
    /// Wait for the next workflow task, by query id, in order of id.
    std::map<std::string, pb::query::WorkflowQuery> waiting{};
    /// Travelled with the started workflow task.
    std::map<std::string, pb::query::WorkflowQuery> attached{};

    [[nodiscard]] bool empty() const noexcept { return waiting.empty() && attached.empty(); }
};

/// How a query gets its answer.
enum class query_route : std::uint8_t {
    /// The condition asked for refuses the run as it is: see `rejected`.
    rejected,
    /// As a task of its own, now: see `query_task`.
    direct,
    /// With the run's next workflow task. It was put into the book.
    with_next_task,
    /// No workflow task has completed yet: ask again after the first one has, or the deadline passed.
    after_first_task,
};

struct query_plan {
    query_route route = query_route::direct;
    pb::query::QueryRejected rejected{};
};

/// Decides how `request` is answered. `query_id` must be new; it names the query in the book and in later answers.
/// Errors: invalid_argument for a bad request, resource_exhausted when too many wait already.
[[nodiscard]] result<query_plan> plan_query(const run_state& state, query_book& book, const environment& env,
                                            const pb::service::QueryWorkflowRequest& request, const std::string& query_id);

/// A query as a task of its own. Takes the sticky queue if the run has one and `sticky` asks for it.
[[nodiscard]] started_workflow_task query_task(const run_state& state, const pb::query::WorkflowQuery& query, bool sticky);

/// The queue a direct query is offered on: the sticky one while there is one, else the normal one.
[[nodiscard]] pb::taskqueue::TaskQueue query_queue(const run_state& state);

/// Forgets a query whose asker is gone.
void forget_query(query_book& book, const std::string& query_id);

/// What became of a query that travelled with a workflow task.
struct query_answer {
    std::string query_id{};
    result<pb::service::QueryWorkflowResponse> answer;
};

/// A query that must now be sent as a task of its own, since its workflow task ended without an answer.
struct query_redirect {
    std::string query_id{};
    pb::query::WorkflowQuery query{};
};

struct query_outcome {
    std::vector<query_answer> answers{};
    std::vector<query_redirect> redirects{};
};

/// Empties the book: whatever is in it is sent on its own. For a run that closed without a worker's answer.
[[nodiscard]] query_outcome release_queries(query_book& book);

/// The answer of a worker to a query that was a task of its own.
[[nodiscard]] result<pb::service::QueryWorkflowResponse> answer_of(const pb::service::RespondQueryTaskCompletedRequest& response);

}  // namespace perdure::history
