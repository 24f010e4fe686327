#include "history_service/shard/core.hpp"

// Answers of workers about activities, by the token of the attempt or by the names of the run and the activity.

namespace perdure::history {
namespace {

// The request by id says the same as the one by token, apart from how it names the attempt.
pb::service::RespondActivityTaskCompletedRequest by_token(const pb::service::RespondActivityTaskCompletedByIdRequest& request) {
    pb::service::RespondActivityTaskCompletedRequest made;
    if (request.has_result()) *made.mutable_result() = request.result();
    made.set_identity(request.identity());
    made.set_namespace_(request.namespace_());
    return made;
}

pb::service::RespondActivityTaskFailedRequest by_token(const pb::service::RespondActivityTaskFailedByIdRequest& request) {
    pb::service::RespondActivityTaskFailedRequest made;
    if (request.has_failure()) *made.mutable_failure() = request.failure();
    if (request.has_last_heartbeat_details()) *made.mutable_last_heartbeat_details() = request.last_heartbeat_details();
    made.set_identity(request.identity());
    made.set_namespace_(request.namespace_());
    return made;
}

pb::service::RespondActivityTaskCanceledRequest by_token(const pb::service::RespondActivityTaskCanceledByIdRequest& request) {
    pb::service::RespondActivityTaskCanceledRequest made;
    if (request.has_details()) *made.mutable_details() = request.details();
    made.set_identity(request.identity());
    made.set_namespace_(request.namespace_());
    return made;
}

pb::service::RecordActivityTaskHeartbeatRequest by_token(const pb::service::RecordActivityTaskHeartbeatByIdRequest& request) {
    pb::service::RecordActivityTaskHeartbeatRequest made;
    if (request.has_details()) *made.mutable_details() = request.details();
    made.set_identity(request.identity());
    made.set_namespace_(request.namespace_());
    return made;
}

result<run_entry*> entry_in(const auto& claimed) {
    if (!claimed) return service_failure(claimed.error());
    return claimed->entry;
}

}  // namespace

void history_shard::core::respond_activity_task_failed(const pb::service::RespondActivityTaskFailedRequest& request,
                                                       reply<pb::service::RespondActivityTaskFailedResponse> done) {
    const auto claimed = claim_of(request.namespace_(), request.task_token(), perdure::task_kind::activity);
    change_run(
        entry_in(claimed), std::move(done),
        [&](run_entry& entry) { return fail_activity(entry.state, env(), claimed->claim, request); }, waiter::has_time);
}

void history_shard::core::respond_activity_task_canceled(const pb::service::RespondActivityTaskCanceledRequest& request,
                                                         reply<pb::service::RespondActivityTaskCanceledResponse> done) {
    const auto claimed = claim_of(request.namespace_(), request.task_token(), perdure::task_kind::activity);
    change_run(
        entry_in(claimed), std::move(done),
        [&](run_entry& entry) { return cancel_activity_task(entry.state, env(), claimed->claim, request); }, waiter::has_time);
}

void history_shard::core::respond_activity_task_completed_by_id(
    const pb::service::RespondActivityTaskCompletedByIdRequest& request,
    reply<pb::service::RespondActivityTaskCompletedByIdResponse> done) {
    const auto claimed = claim_by_id(request.namespace_(), request.workflow_id(), request.run_id(), request.activity_id());
    change_run(entry_in(claimed), std::move(done),
               [&](run_entry& entry) { return complete_activity(entry.state, env(), claimed->claim, by_token(request)); });
}

void history_shard::core::respond_activity_task_failed_by_id(const pb::service::RespondActivityTaskFailedByIdRequest& request,
                                                             reply<pb::service::RespondActivityTaskFailedByIdResponse> done) {
    const auto claimed = claim_by_id(request.namespace_(), request.workflow_id(), request.run_id(), request.activity_id());
    change_run(entry_in(claimed), std::move(done),
               [&](run_entry& entry) { return fail_activity(entry.state, env(), claimed->claim, by_token(request)); });
}

void history_shard::core::respond_activity_task_canceled_by_id(const pb::service::RespondActivityTaskCanceledByIdRequest& request,
                                                               reply<pb::service::RespondActivityTaskCanceledByIdResponse> done) {
    const auto claimed = claim_by_id(request.namespace_(), request.workflow_id(), request.run_id(), request.activity_id());
    change_run(entry_in(claimed), std::move(done),
               [&](run_entry& entry) { return cancel_activity_task(entry.state, env(), claimed->claim, by_token(request)); });
}

void history_shard::core::record_activity_task_heartbeat(const pb::service::RecordActivityTaskHeartbeatRequest& request,
                                                         reply<pb::service::RecordActivityTaskHeartbeatResponse> done) {
    const auto claimed = claim_of(request.namespace_(), request.task_token(), perdure::task_kind::activity);
    if (!claimed) return refuse(done, service_failure(claimed.error()));
    auto outcome = heartbeat_activity(claimed->entry->state, env(), claimed->claim, request);
    if (!outcome) return refuse(done, std::move(outcome).error());
    record(*claimed->entry, std::move(outcome->change));
    answer_after<pb::service::RecordActivityTaskHeartbeatResponse>(*claimed->entry, std::move(done), std::move(outcome->response),
                                                                   waiter::has_time);
}

void history_shard::core::record_activity_task_heartbeat_by_id(const pb::service::RecordActivityTaskHeartbeatByIdRequest& request,
                                                               reply<pb::service::RecordActivityTaskHeartbeatByIdResponse> done) {
    const auto claimed = claim_by_id(request.namespace_(), request.workflow_id(), request.run_id(), request.activity_id());
    if (!claimed) return refuse(done, service_failure(claimed.error()));
    auto outcome = heartbeat_activity(claimed->entry->state, env(), claimed->claim, by_token(request));
    if (!outcome) return refuse(done, std::move(outcome).error());
    record(*claimed->entry, std::move(outcome->change));
    pb::service::RecordActivityTaskHeartbeatByIdResponse response;
    response.set_cancel_requested(outcome->response.cancel_requested());
    response.set_activity_paused(outcome->response.activity_paused());
    response.set_activity_reset(outcome->response.activity_reset());
    answer_after<pb::service::RecordActivityTaskHeartbeatByIdResponse>(*claimed->entry, std::move(done), std::move(response));
}

}  // namespace perdure::history
