#include "api/token.hpp"
#include "server/node/operations/checks.hpp"

#include <string>
#include <utility>

namespace perdure::server {
namespace {

/// Whose task it is, for the log.
std::string run_of(const std::string& task_token) {
    const auto token = decode_token(task_token);
    return token ? "workflow '" + token->workflow_id + "', run " + token->run_id : "an unknown run";
}

}  // namespace

void node_core::respond_workflow_task_completed(pb::service::RespondWorkflowTaskCompletedRequest request,
                                                reply<pb::service::RespondWorkflowTaskCompletedResponse> done) {
    complete_workflow_task(request, [this, worker = request.identity(), token = request.task_token(),
                                     done = std::move(done)](result<pb::service::RespondWorkflowTaskCompletedResponse>&& what) {
        if (!what) note_refused_answer(worker, token, what.error());
        done(std::move(what));
    });
}

void node_core::complete_workflow_task(const pb::service::RespondWorkflowTaskCompletedRequest& request,
                                       reply<pb::service::RespondWorkflowTaskCompletedResponse> done) {
    if (const auto wrong = check_answer(*this, request)) return done(*wrong);
    shard_->respond_workflow_task_completed(request, std::move(done));
}

void node_core::note_refused_answer(const std::string& worker, const std::string& task_token, const service_failure& why) const {
    if (why.code != status_code::invalid_argument) return;
    say(node_severity::warning,
        "worker '" + worker + "' answered a workflow task of " + run_of(task_token) + " badly: " + why.message);
}

void node_core::respond_workflow_task_failed(pb::service::RespondWorkflowTaskFailedRequest request,
                                             reply<pb::service::RespondWorkflowTaskFailedResponse> done) {
    if (const auto wrong = check_answer(*this, request)) return done(*wrong);
    say(node_severity::warning, "worker '" + request.identity() + "' failed a workflow task of " + run_of(request.task_token()) +
                                    " (" + pb::enums::WorkflowTaskFailedCause_Name(request.cause()) +
                                    "): " + request.failure().message());
    shard_->respond_workflow_task_failed(request, std::move(done));
}

void node_core::respond_query_task_completed(pb::service::RespondQueryTaskCompletedRequest request,
                                             reply<pb::service::RespondQueryTaskCompletedResponse> done) {
    if (const auto wrong = check_answer(*this, request)) return done(*wrong);
    shard_->respond_query_task_completed(request, std::move(done));
}

void node_core::reset_sticky_task_queue(pb::service::ResetStickyTaskQueueRequest request,
                                        reply<pb::service::ResetStickyTaskQueueResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.execution())) return done(*wrong);
    shard_->reset_sticky_task_queue(request, std::move(done));
}

}  // namespace perdure::server
