#include <charconv>
#include <cstdio>

#include "history_service/shard/core.hpp"

// Queries: with the run's next workflow task, or as tasks of their own. They live in memory; whoever asked a server that went
// away asks again.

namespace perdure::history {
namespace {

using pb::service::PollWorkflowTaskQueueResponse;
using pb::service::QueryWorkflowResponse;

// The engine sends queries in the order of their ids, so all have the same length.
std::string name_of_query(std::uint64_t id) {
    std::string digits = std::to_string(id);
    return "query-" + std::string(20 - digits.size(), '0') + digits;
}

std::uint64_t query_of(const std::string& name) {
    std::uint64_t id = 0;
    if (name.size() == 26) std::from_chars(name.data() + 6, name.data() + name.size(), id);
    return id;
}

service_failure query_gone() {
    return {status_code::not_found, "The query is answered already, or nobody waits for it any more."};
}

queue_key queue_of(const run_entry& entry, const pb::taskqueue::TaskQueue& queue) {
    return {entry.state.key().namespace_name, queue.name(), task_kind::workflow,
            queue.kind() == pb::enums::TASK_QUEUE_KIND_STICKY};
}

}  // namespace

void history_shard::core::query_workflow(const pb::service::QueryWorkflowRequest& request, reply<QueryWorkflowResponse> done) {
    const auto found = resolve(request.namespace_(), request.execution().workflow_id(), request.execution().run_id());
    if (!found) return refuse(done, service_failure(found.error()));
    const std::uint64_t id = ++last_query_;
    pending_query asked;
    asked.run = (*found)->number;
    asked.request = request;
    asked.done = std::move(done);
    asked.deadline = deadlines_.set(steady_ + options_.query_timeout, [this, id] {
        end_query(
            id,
            service_failure{status_code::deadline_exceeded,
                            "No worker answered the query in time. Is a worker with this workflow type polling the task queue?"},
            nullptr);
    });
    queries_.emplace(id, std::move(asked));
    queries_by_run_[(*found)->number].insert(id);
    plan(id, **found);
}

void history_shard::core::plan(std::uint64_t id, run_entry& entry) {
    pending_query& query = queries_.at(id);
    auto planned = plan_query(entry.state, entry.book, env(), query.request, name_of_query(id));
    if (!planned) return end_query(id, std::move(planned).error(), &entry);
    switch (planned->route) {
        case query_route::rejected: {
            QueryWorkflowResponse response;
            *response.mutable_query_rejected() = planned->rejected;
            return end_query(id, std::move(response), &entry);
        }
        case query_route::direct:
            return send_alone(id, entry);
        case query_route::with_next_task:
            query.stage = query_stage::with_task;
            return;
        case query_route::after_first_task:
            query.stage = query_stage::before_first_task;
            return;
    }
}

void history_shard::core::send_alone(std::uint64_t id, run_entry& entry) {
    pending_query& query = queries_.at(id);
    query.stage = query_stage::on_its_own;
    query.started = false;
    const pb::taskqueue::TaskQueue queue = query_queue(entry.state);
    query.offer = {id, entry.state.key(), queue_of(entry, queue), queue_of(entry, entry.state.execution.started.task_queue())};
    query.offer.normal_queue.sticky = false;
    later([this, offer = query.offer] {
        if (queries_.contains(offer.id)) around_.sink.query_offered(offer);
    });
}

// Forgets the query and answers it; with a run, once what happened to that run is durable.
void history_shard::core::end_query(std::uint64_t id, result<QueryWorkflowResponse> response, const run_entry* entry) {
    const auto at = queries_.find(id);
    if (at == queries_.end()) return;
    pending_query ended = std::move(at->second);
    queries_.erase(at);
    auto& of_run = queries_by_run_.at(ended.run);
    of_run.erase(id);
    if (of_run.empty()) queries_by_run_.erase(ended.run);
    deadlines_.drop(ended.deadline);
    if (ended.stage == query_stage::with_task)
        if (run_entry* cached = cache_.find(ended.run)) forget_query(cached->book, name_of_query(id));
    if (ended.stage == query_stage::on_its_own && !ended.started)
        later([this, offer = ended.offer] { around_.sink.query_withdrawn(offer); });
    if (entry != nullptr) return answer_after<QueryWorkflowResponse>(*entry, std::move(ended.done), std::move(response));
    answer<QueryWorkflowResponse>(std::move(ended.done), std::move(response));
}

void history_shard::core::settle_queries(run_entry& entry, query_outcome outcome) {
    for (query_answer& answered : outcome.answers) end_query(query_of(answered.query_id), std::move(answered.answer), &entry);
    for (const query_redirect& redirect : outcome.redirects) {
        const std::uint64_t id = query_of(redirect.query_id);
        if (queries_.contains(id)) send_alone(id, entry);
    }
}

void history_shard::core::plan_waiting(run_entry& entry) {
    const auto of_run = queries_by_run_.find(entry.number);
    if (of_run == queries_by_run_.end()) return;
    for (const std::uint64_t id : std::set<std::uint64_t>(of_run->second)) {
        const auto at = queries_.find(id);
        if (at != queries_.end() && at->second.stage == query_stage::before_first_task) plan(id, entry);
    }
}

void history_shard::core::drop_queries_of(run_number run, const service_failure& reason) {
    const auto of_run = queries_by_run_.find(run);
    if (of_run == queries_by_run_.end()) return;
    for (const std::uint64_t id : std::set<std::uint64_t>(of_run->second)) end_query(id, reason, nullptr);
}

void history_shard::core::start_query_task(std::uint64_t query, const task_taker&, bool normal_queue, workflow_task_reply done) {
    const auto at = queries_.find(query);
    if (at == queries_.end() || at->second.stage != query_stage::on_its_own || at->second.started)
        return refuse(done, query_gone());
    const auto found = entry_of(at->second.run);
    if (!found) return refuse(done, service_failure(found.error()));
    const run_entry& entry = **found;
    at->second.started = true;
    started_workflow_task task =
        query_task(entry.state, at->second.request.query(), at->second.offer.queue.sticky && !normal_queue);
    task_token token;
    token.kind = perdure::task_kind::query;
    token.space = entry.state.key().namespace_name;
    token.workflow_id = entry.state.key().workflow_id;
    token.run_id = entry.state.key().run_id;
    token.query_id = name_of_query(query);
    answer_after<PollWorkflowTaskQueueResponse>(entry, std::move(done), finish_task(entry, std::move(task), encode_token(token)));
}

void history_shard::core::put_back_query(std::uint64_t query) {
    const auto at = queries_.find(query);
    if (at == queries_.end() || !at->second.started) return;
    at->second.started = false;
    later([this, offer = at->second.offer] {
        if (queries_.contains(offer.id)) around_.sink.query_offered(offer);
    });
}

void history_shard::core::respond_query_task_completed(const pb::service::RespondQueryTaskCompletedRequest& request,
                                                       reply<pb::service::RespondQueryTaskCompletedResponse> done) {
    auto token = decode_token(request.task_token(), perdure::task_kind::query);
    if (!token) return refuse(done, std::move(token).error());
    const std::uint64_t id = query_of(token->query_id);
    const auto at = queries_.find(id);
    // Queries are numbered anew in each life of the server, so the run must fit as well.
    if (at == queries_.end() || !at->second.started || at->second.offer.key.run_id != token->run_id)
        return refuse(done, query_gone());
    // The worker may know of changes that are not durable yet.
    end_query(id, answer_of(request), cache_.find(at->second.run));
    answer<pb::service::RespondQueryTaskCompletedResponse>(done, pb::service::RespondQueryTaskCompletedResponse{});
}

}  // namespace perdure::history
