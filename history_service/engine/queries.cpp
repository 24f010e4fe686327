#include "history_service/engine/queries.hpp"

#include "history_service/engine/query_settle.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"
#include "history_service/engine/workflow_task.hpp"

namespace perdure::history {
namespace {

constexpr std::int32_t attempts_that_fail_queries = 3;

bool rejects(pb::enums::QueryRejectCondition condition, pb::enums::WorkflowExecutionStatus status) {
    if (status == pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING) return false;
    return condition == pb::enums::QUERY_REJECT_CONDITION_NOT_OPEN ||
           (condition == pb::enums::QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY &&
            status != pb::enums::WORKFLOW_EXECUTION_STATUS_COMPLETED);
}

service_failure query_failed(const std::string& message) {
    return {
        status_code::invalid_argument,
        message.empty() ? std::string("The workflow's query handler failed without a message; see the worker's log.") : message};
}

result<pb::service::QueryWorkflowResponse> answer_from(pb::enums::QueryResultType type, const pb::common::Payloads& answer,
                                                       const std::string& message, const pb::failure::Failure& failure) {
    switch (type) {
        case pb::enums::QUERY_RESULT_TYPE_ANSWERED: {
            pb::service::QueryWorkflowResponse response;
            *response.mutable_query_result() = answer;
            return response;
        }
        case pb::enums::QUERY_RESULT_TYPE_FAILED:
            return query_failed(message.empty() ? failure.message() : message);
        default:
            return service_failure{status_code::internal,
                                   "The worker answered the query with neither a result nor a failure; update the worker's SDK."};
    }
}

}  // namespace

result<query_plan> plan_query(const run_state& state, query_book& book, const environment& env,
                              const pb::service::QueryWorkflowRequest& request, const std::string& query_id) {
    if (!pb::enums::QueryRejectCondition_IsValid(request.query_reject_condition())) {
        return service_failure{status_code::invalid_argument,
                               "QueryRejectCondition has an unknown value; use NONE, NOT_OPEN or NOT_COMPLETED_CLEANLY."};
    }
    if (auto checked = check_name(env, "QueryType", request.query().query_type()); !checked) return checked.error();
    if (auto checked = check_payload(env, "QueryArgs", request.query().query_args()); !checked) return checked.error();

    const auto& run = state.execution;
    query_plan plan;
    if (rejects(request.query_reject_condition(), run.status)) {
        plan.route = query_route::rejected;
        plan.rejected.set_status(run.status);
        return plan;
    }
    if (!run.running() && !run.has_completed_task()) {
        return service_failure{status_code::failed_precondition,
                               "query cannot be handled: " + name_of(run.key) +
                                   " closed before its first workflow task, so there is no code that could answer."};
    }
    if (!run.has_completed_task() && run.first_task_time) {
        plan.route = query_route::after_first_task;
        return plan;
    }
    if (state.workflow_task.attempt >= attempts_that_fail_queries && run.running()) {
        return service_failure{status_code::failed_precondition,
                               "Unable to query workflow due to Workflow Task in failed state: " + name_of(run.key) +
                                   " fails its workflow task again and again; see its history and the worker's log."};
    }
    if (run.has_completed_task() && (!run.running() || !state.workflow_task.pending())) {
        plan.route = query_route::direct;
        return plan;
    }
    if (book.waiting.size() + book.attached.size() >= env.bounds.waiting_queries) {
        return service_failure{status_code::resource_exhausted,
                               "consistent query buffer is full: " + name_of(run.key) +
                                   " has queries waiting for its workflow task already; try again when it has answered."};
    }
    plan.route = query_route::with_next_task;
    book.waiting.emplace(query_id, request.query());
    return plan;
}

pb::taskqueue::TaskQueue query_queue(const run_state& state) {
    return state.running() ? current_queue(state) : state.execution.started.task_queue();
}

started_workflow_task query_task(const run_state& state, const pb::query::WorkflowQuery& query, bool sticky) {
    const auto& run = state.execution;
    started_workflow_task task;
    task.sticky = sticky && state.running() && state.workflow_task.sticky();
    auto& response = task.response;
    response.mutable_workflow_execution()->set_workflow_id(run.key.workflow_id);
    response.mutable_workflow_execution()->set_run_id(run.key.run_id);
    *response.mutable_workflow_type() = run.started.workflow_type();
    response.set_previous_started_event_id(run.last_completed_started_event_id);
    response.set_attempt(1);
    *response.mutable_query() = query;
    *response.mutable_workflow_execution_task_queue() = run.started.task_queue();
    task.stored_events = {task.sticky ? run.last_completed_started_event_id + 1 : 1, state.last_event_id()};
    return task;
}

void forget_query(query_book& book, const std::string& query_id) {
    book.waiting.erase(query_id);
    book.attached.erase(query_id);
}

query_outcome requeue_attached(query_book& book) {
    book.waiting.merge(book.attached);
    book.attached.clear();
    return {};
}

query_outcome release_queries(query_book& book) {
    query_outcome outcome;
    for (auto* queries : {&book.attached, &book.waiting}) {
        for (auto& [id, query] : *queries) outcome.redirects.push_back({id, std::move(query)});
        queries->clear();
    }
    return outcome;
}

query_outcome settle_queries(query_book& book, const run_state& state, const environment& env,
                             const pb::service::RespondWorkflowTaskCompletedRequest& request) {
    query_outcome outcome;
    for (const auto& [id, result] : request.query_results()) {
        if (book.attached.erase(id) == 0) continue;
        if (auto checked = check_payload(env, "Query result", result); !checked) {
            outcome.answers.push_back({id, checked.error()});
            continue;
        }
        outcome.answers.push_back(
            {id, answer_from(result.result_type(), result.answer(), result.error_message(), result.failure())});
    }
    (void)requeue_attached(book);
    if (!state.running() || !state.workflow_task.pending()) outcome.redirects = release_queries(book).redirects;
    return outcome;
}

result<pb::service::QueryWorkflowResponse> answer_of(const pb::service::RespondQueryTaskCompletedRequest& response) {
    return answer_from(response.completed_type(), response.query_result(), response.error_message(), response.failure());
}

}  // namespace perdure::history
