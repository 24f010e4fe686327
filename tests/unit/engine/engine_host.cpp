#include "tests/unit/engine/engine_host.hpp"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "api/ids.hpp"

namespace perdure::history::test {
namespace {

using google::protobuf::util::MessageDifferencer;

/// Stands in tokens for requests that named an activity and no start of it.
constexpr const char* by_id = "by id";

std::string difference(const journal::Checkpoint& a, const journal::Checkpoint& b) {
    std::string report;
    MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&report);
    return differencer.Compare(a, b) ? "" : report;
}

service_failure not_found(const std::string& workflow_id) {
    return {status_code::not_found, "workflow not found for ID: " + workflow_id};
}

}  // namespace

std::string counted_ids::next() {
    std::array<std::byte, 16> bytes{};
    ++count_;
    for (std::size_t i = 0; i < sizeof(count_); ++i) bytes[15 - i] = static_cast<std::byte>(count_ >> (8 * i) & 0xffU);
    return make_uuid4(bytes);
}

hosted_run* engine_host::find(const std::string& workflow_id, const std::string& run_id) {
    if (!run_id.empty()) {
        const auto found = runs_.find(run_id);
        return found == runs_.end() ? nullptr : &found->second;
    }
    const auto& ids = order_[workflow_id];
    return ids.empty() ? nullptr : &runs_.at(ids.back());
}

result<hosted_run*> engine_host::require(const std::string& workflow_id, const std::string& run_id) {
    auto* run = find(workflow_id, run_id);
    if (run == nullptr) return not_found(workflow_id);
    return run;
}

void engine_host::note(hosted_run& run, const effects& consequences) {
    for (const auto& consequence : consequences) {
        if (const auto* offer = std::get_if<offer_task>(&consequence)) {
            EXPECT_TRUE(run.rows.insert(offer->task.task).second) << "a task is offered twice";
        } else if (const auto* withdraw = std::get_if<withdraw_task>(&consequence)) {
            EXPECT_EQ(run.rows.erase(withdraw->task), 1U) << "a task is withdrawn that was not offered";
        }
        told.push_back(consequence);
    }
}

void engine_host::check(hosted_run& run) const {
    const auto live = checkpoint(run.state);
    EXPECT_EQ(difference(live, checkpoint(run.folded)), "") << "the folded records give another state";
    EXPECT_EQ(run.state.wakeups, run.folded.wakeups);
    const auto restored = restore(live);
    ASSERT_TRUE(restored.has_value()) << restored.error().message;
    EXPECT_EQ(difference(live, checkpoint(*restored)), "") << "the checkpoint gives another state";
    EXPECT_EQ(run.state.wakeups, restored->wakeups);
    std::set<task_ref> waiting;
    for (const auto& task : outstanding_tasks(run.state)) waiting.insert(task.task);
    EXPECT_EQ(run.rows, waiting) << "effects and state disagree about the waiting tasks";
    EXPECT_EQ(static_cast<std::int64_t>(run.history.size()), run.state.last_event_id());
}

void engine_host::commit(hosted_run& run, transition change) {
    if (change.empty()) return;
    const auto folded = fold(run.folded, *change.record);
    ASSERT_TRUE(folded.has_value()) << folded.error().message;
    append_events(*change.record, run.history);
    run.journal.push_back(*change.record);
    note(run, change.consequences);
    check(run);
    if (change.successor) adopt(std::move(*change.successor));
}

void engine_host::adopt(created_run created) {
    const auto key = created.state.key();
    order_[key.workflow_id].push_back(key.run_id);
    auto& run = runs_[key.run_id];
    run.state = std::move(created.state);
    transition change;
    change.record = std::move(created.record);
    change.consequences = std::move(created.consequences);
    commit(run, std::move(change));
}

std::string engine_host::make_current(const pb::service::StartWorkflowExecutionRequest& request, const start_decision& decision,
                                      const std::function<created_run()>& create) {
    auto created = create();
    const auto run_id = created.state.key().run_id;
    if (decision.action == start_action::terminate_and_create) {
        auto& existing = *find(request.workflow_id(), decision.existing_run_id);
        commit(existing, terminate_for_start(existing.state, env(), run_id));
    }
    adopt(std::move(created));
    return run_id;
}

result<pb::service::StartWorkflowExecutionResponse> engine_host::start(
    const pb::service::StartWorkflowExecutionRequest& request) {
    const auto environment = env();
    if (auto valid = validate_start(environment, request); !valid) return valid.error();
    auto* current = find(request.workflow_id());
    const auto decision =
        decide_start(current == nullptr ? std::nullopt : std::optional(current_run_of(current->state)), request);
    if (!decision) return decision.error();
    pb::service::StartWorkflowExecutionResponse response;
    response.set_run_id(decision->existing_run_id);
    response.set_started(decision->action != start_action::use_existing);
    response.set_status(pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING);
    if (decision->action == start_action::same_request) response.set_status(current->state.execution.status);
    if (decision->action == start_action::create || decision->action == start_action::terminate_and_create) {
        response.set_run_id(make_current(request, *decision, [&] { return create_run(environment, request); }));
    }
    return response;
}

result<pb::service::SignalWithStartWorkflowExecutionResponse> engine_host::signal_with_start(
    const pb::service::SignalWithStartWorkflowExecutionRequest& request) {
    const auto environment = env();
    if (auto valid = validate_signal_with_start(environment, request); !valid) return valid.error();
    auto* current = find(request.workflow_id());
    const auto decision =
        decide_signal_with_start(current == nullptr ? std::nullopt : std::optional(current_run_of(current->state)), request);
    if (!decision) return decision.error();
    pb::service::SignalWithStartWorkflowExecutionResponse response;
    response.set_run_id(decision->start.existing_run_id);
    if (decision->signal_existing) {
        if (auto signaled = signal(signal_of(request, response.run_id())); !signaled) return signaled.error();
    } else if (decision->start.action != start_action::same_request) {
        response.set_run_id(
            make_current(start_of(request), decision->start, [&] { return create_signaled_run(environment, request); }));
        response.set_started(true);
    }
    return response;
}

result<done> engine_host::signal(const pb::service::SignalWorkflowExecutionRequest& request) {
    auto run = require(request.workflow_execution().workflow_id(), request.workflow_execution().run_id());
    if (!run) return run.error();
    auto change = history::signal((*run)->state, env(), request);
    if (!change) return change.error();
    commit(**run, *std::move(change));
    return done{};
}

result<done> engine_host::cancel(const pb::service::RequestCancelWorkflowExecutionRequest& request) {
    auto run = require(request.workflow_execution().workflow_id(), request.workflow_execution().run_id());
    if (!run) return run.error();
    auto change = request_cancel((*run)->state, env(), request);
    if (!change) return change.error();
    commit(**run, *std::move(change));
    return done{};
}

result<done> engine_host::terminate(const pb::service::TerminateWorkflowExecutionRequest& request) {
    auto run = require(request.workflow_execution().workflow_id(), request.workflow_execution().run_id());
    if (!run) return run.error();
    auto change = history::terminate((*run)->state, env(), request);
    if (!change) return change.error();
    commit(**run, *std::move(change));
    settle(**run, release_queries((*run)->book));
    return done{};
}

result<done> engine_host::reset_sticky(const pb::service::ResetStickyTaskQueueRequest& request) {
    auto run = require(request.execution().workflow_id(), request.execution().run_id());
    if (!run) return run.error();
    auto change = history::reset_sticky((*run)->state, env());
    if (!change) return change.error();
    commit(**run, *std::move(change));
    return done{};
}

result<pb::service::DescribeWorkflowExecutionResponse> engine_host::describe(const pb::common::WorkflowExecution& execution) {
    auto run = require(execution.workflow_id(), execution.run_id());
    if (!run) return run.error();
    return history::describe((*run)->state);
}

std::shared_ptr<query_reply> engine_host::query(const pb::service::QueryWorkflowRequest& request) {
    auto reply = std::make_shared<query_reply>();
    const auto id = "query-" + std::to_string(++next_query_);
    auto run = require(request.execution().workflow_id(), request.execution().run_id());
    if (!run) {
        reply->answered.emplace(run.error());
        return reply;
    }
    const auto plan = plan_query((*run)->state, (*run)->book, env(), request, id);
    if (!plan) {
        reply->answered.emplace(plan.error());
    } else if (plan->route == query_route::rejected) {
        pb::service::QueryWorkflowResponse response;
        *response.mutable_query_rejected() = plan->rejected;
        reply->answered.emplace(std::move(response));
    } else {
        replies_[id] = reply;
        if (plan->route == query_route::direct) direct_.push_back({id, (*run)->state.key().run_id, request.query()});
    }
    return reply;
}

void engine_host::settle(hosted_run& run, query_outcome outcome) {
    for (auto& answer : outcome.answers) replies_.at(answer.query_id)->answered.emplace(std::move(answer.answer));
    for (auto& redirect : outcome.redirects) {
        direct_.push_back({redirect.query_id, run.state.key().run_id, std::move(redirect.query)});
    }
}

pb::service::PollWorkflowTaskQueueResponse engine_host::deliver(hosted_run& run, started_workflow_task task) {
    auto& response = task.response;
    for (const auto& event : run.history) {
        if (event.event_id() >= task.stored_events.first && event.event_id() <= task.stored_events.last) {
            *response.mutable_history()->add_events() = event;
        }
    }
    for (const auto& event : task.unstored_events) *response.mutable_history()->add_events() = event;
    perdure::task_token token;
    token.workflow_id = run.state.key().workflow_id;
    token.run_id = run.state.key().run_id;
    token.scheduled_event_id = task.claim.scheduled_event_id;
    token.started_event_id = task.claim.started_event_id;
    token.attempt = task.claim.attempt;
    token.request_id = task.claim.request_id;
    response.set_task_token(encode_token(token));
    return response;
}

pb::service::PollActivityTaskQueueResponse engine_host::deliver(hosted_run& run, started_activity_task task) {
    perdure::task_token token;
    token.kind = perdure::task_kind::activity;
    token.workflow_id = run.state.key().workflow_id;
    token.run_id = run.state.key().run_id;
    token.scheduled_event_id = task.claim.scheduled_event_id;
    token.attempt = task.claim.attempt;
    token.activity_id = task.claim.activity_id;
    token.request_id = task.claim.request_id;
    task.response.set_task_token(encode_token(token));
    return task.response;
}

std::optional<pb::service::PollWorkflowTaskQueueResponse> engine_host::poll_workflow(
    const pb::service::PollWorkflowTaskQueueRequest& request) {
    for (auto& [id, run] : runs_) {
        const auto tasks = outstanding_tasks(run.state);
        if (tasks.empty() || tasks.front().task.kind != task_kind::workflow) continue;
        if (tasks.front().queue.name() != request.task_queue().name()) continue;
        auto started = start_workflow_task(run.state, run.book, env(), tasks.front().task, {request.identity(), true});
        EXPECT_TRUE(started.has_value());
        commit(run, std::move(started->change));
        return deliver(run, std::move(started->task));
    }
    for (auto query = direct_.begin(); query != direct_.end(); ++query) {
        auto& run = runs_.at(query->run_id);
        if (query_queue(run.state).name() != request.task_queue().name()) continue;
        auto response = deliver(run, query_task(run.state, query->query, true));
        perdure::task_token token;
        token.kind = perdure::task_kind::query;
        token.workflow_id = run.state.key().workflow_id;
        token.run_id = query->run_id;
        token.query_id = query->id;
        response.set_task_token(encode_token(token));
        direct_.erase(query);
        return response;
    }
    return std::nullopt;
}

std::optional<pb::service::PollActivityTaskQueueResponse> engine_host::poll_activity(
    const pb::service::PollActivityTaskQueueRequest& request) {
    for (auto& [id, run] : runs_) {
        for (const auto& task : outstanding_tasks(run.state)) {
            if (task.task.kind != task_kind::activity || task.queue.name() != request.task_queue().name()) continue;
            auto started = start_activity(run.state, env(), task.task, {request.identity(), true});
            EXPECT_TRUE(started.has_value());
            commit(run, std::move(started->change));
            return deliver(run, std::move(started->task));
        }
    }
    return std::nullopt;
}

result<hosted_run*> engine_host::claimed(const std::string& token, perdure::task_kind kind, task_claim& claim) {
    auto decoded = decode_token(token, kind);
    if (!decoded) return decoded.error();
    claim = {decoded->scheduled_event_id, decoded->started_event_id, decoded->attempt,
             decoded->request_id,         decoded->activity_id,      decoded->request_id == by_id};
    return require(decoded->workflow_id, decoded->run_id);
}

result<pb::service::RespondWorkflowTaskCompletedResponse> engine_host::complete(
    const pb::service::RespondWorkflowTaskCompletedRequest& request) {
    task_claim claim;
    auto run = claimed(request.task_token(), perdure::task_kind::workflow, claim);
    if (!run) return run.error();
    auto completed = complete_workflow_task((*run)->state, (*run)->book, env(), claim, request);
    if (!completed) return completed.error();
    const auto refusal = completed->change.refusal;
    commit(**run, std::move(completed->change));
    auto response = finish(**run, *std::move(completed));
    if (refusal) return *refusal;
    return response;
}

pb::service::RespondWorkflowTaskCompletedResponse engine_host::finish(hosted_run& run, workflow_task_completion completed) {
    settle(run, std::move(completed.queries));
    auto response = std::move(completed.response);
    for (auto& task : completed.eager_activities) *response.add_activity_tasks() = deliver(run, std::move(task));
    if (completed.next_task) *response.mutable_workflow_task() = deliver(run, std::move(*completed.next_task));
    return response;
}

result<done> engine_host::fail(const pb::service::RespondWorkflowTaskFailedRequest& request) {
    task_claim claim;
    auto run = claimed(request.task_token(), perdure::task_kind::workflow, claim);
    if (!run) return run.error();
    auto failed = fail_workflow_task((*run)->state, (*run)->book, env(), claim, request);
    if (!failed) return failed.error();
    commit(**run, std::move(failed->change));
    settle(**run, std::move(failed->queries));
    return done{};
}

result<done> engine_host::answer_query(const pb::service::RespondQueryTaskCompletedRequest& request) {
    const auto token = decode_token(request.task_token(), perdure::task_kind::query);
    if (!token) return token.error();
    replies_.at(token->query_id)->answered.emplace(answer_of(request));
    return done{};
}

result<std::string> engine_host::token_by_id(const std::string& workflow_id, const std::string& run_id,
                                             const std::string& activity_id) {
    auto run = require(workflow_id, run_id);
    if (!run) return run.error();
    const auto claim = claim_by_activity_id((*run)->state, activity_id);
    if (!claim) return claim.error();
    perdure::task_token token;
    token.kind = perdure::task_kind::activity;
    token.workflow_id = workflow_id;
    token.run_id = (*run)->state.key().run_id;
    token.scheduled_event_id = claim->scheduled_event_id;
    token.activity_id = activity_id;
    token.request_id = by_id;
    return encode_token(token);
}

result<pb::service::RecordActivityTaskHeartbeatResponse> engine_host::heartbeat(
    const pb::service::RecordActivityTaskHeartbeatRequest& request) {
    task_claim claim;
    auto run = claimed(request.task_token(), perdure::task_kind::activity, claim);
    if (!run) return run.error();
    auto beat = heartbeat_activity((*run)->state, env(), claim, request);
    if (!beat) return beat.error();
    commit(**run, std::move(beat->change));
    return beat->response;
}

result<done> engine_host::complete_activity(const pb::service::RespondActivityTaskCompletedRequest& request) {
    task_claim claim;
    auto run = claimed(request.task_token(), perdure::task_kind::activity, claim);
    if (!run) return run.error();
    auto change = history::complete_activity((*run)->state, env(), claim, request);
    if (!change) return change.error();
    commit(**run, *std::move(change));
    return done{};
}

result<pb::service::RespondActivityTaskCompletedResponse> engine_host::complete_activity_and_task(
    const pb::service::RespondActivityTaskCompletedRequest& request) {
    task_claim claim;
    auto run = claimed(request.task_token(), perdure::task_kind::activity, claim);
    if (!run) return run.error();
    auto completed = history::complete_activity_and_task((*run)->state, (*run)->book, env(), claim, request);
    if (!completed) return completed.error();
    commit(**run, std::move(completed->change));
    pb::service::RespondActivityTaskCompletedResponse response;
    if (completed->foreseen) *response.mutable_perdure_foreseen() = finish(**run, *std::move(completed->foreseen));
    return response;
}

result<done> engine_host::fail_activity(const pb::service::RespondActivityTaskFailedRequest& request) {
    task_claim claim;
    auto run = claimed(request.task_token(), perdure::task_kind::activity, claim);
    if (!run) return run.error();
    auto change = history::fail_activity((*run)->state, env(), claim, request);
    if (!change) return change.error();
    commit(**run, *std::move(change));
    return done{};
}

result<done> engine_host::cancel_activity(const pb::service::RespondActivityTaskCanceledRequest& request) {
    task_claim claim;
    auto run = claimed(request.task_token(), perdure::task_kind::activity, claim);
    if (!run) return run.error();
    auto change = cancel_activity_task((*run)->state, env(), claim, request);
    if (!change) return change.error();
    commit(**run, *std::move(change));
    return done{};
}

std::optional<wall_time> engine_host::next_due() const {
    std::optional<wall_time> due;
    for (const auto& [id, run] : runs_) {
        const auto mine = next_wakeup(run.state);
        if (mine && (!due || *mine < *due)) due = mine;
    }
    return due;
}

void engine_host::advance(wall_time time) {
    for (auto due = next_due(); due && *due <= time; due = next_due()) {
        now = std::max(now, *due);
        // Firing may add a run; the map keeps its elements where they are.
        for (auto& [id, run] : runs_) {
            if (const auto mine = next_wakeup(run.state); !mine || *mine > now) continue;
            query_outcome queries;
            commit(run, fire_due(run.state, run.book, env(), queries));
            settle(run, std::move(queries));
        }
    }
    now = std::max(now, time);
}

}  // namespace perdure::history::test
