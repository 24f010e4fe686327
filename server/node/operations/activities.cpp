#include "server/node/operations/checks.hpp"

#include <utility>

namespace perdure::server {

template <class Response>
reply<Response> node_core::ending(const std::string& activity_token, reply<Response> done) {
    return [this, activity_token, done = std::move(done)](result<Response>&& what) {
        if (what || !what.error().retryable()) not_running(activity_token);
        done(std::move(what));
    };
}

void node_core::record_activity_task_heartbeat(pb::service::RecordActivityTaskHeartbeatRequest request,
                                               reply<pb::service::RecordActivityTaskHeartbeatResponse> done) {
    if (const auto wrong = check_answer(*this, request)) return done(*wrong);
    shard_->record_activity_task_heartbeat(request, std::move(done));
}

void node_core::respond_activity_task_completed(pb::service::RespondActivityTaskCompletedRequest request,
                                                reply<pb::service::RespondActivityTaskCompletedResponse> done) {
    // Only a worker's stream knows where to send what may travel in the answer.
    request.clear_perdure_foreseen();
    complete_activity(request, std::move(done));
}

void node_core::complete_activity(const pb::service::RespondActivityTaskCompletedRequest& request,
                                  reply<pb::service::RespondActivityTaskCompletedResponse> done) {
    if (const auto wrong = check_answer(*this, request)) return done(*wrong);
    shard_->respond_activity_task_completed(request, ending(request.task_token(), std::move(done)));
}

void node_core::respond_activity_task_failed(pb::service::RespondActivityTaskFailedRequest request,
                                             reply<pb::service::RespondActivityTaskFailedResponse> done) {
    if (const auto wrong = check_answer(*this, request)) return done(*wrong);
    shard_->respond_activity_task_failed(request, ending(request.task_token(), std::move(done)));
}

void node_core::respond_activity_task_canceled(pb::service::RespondActivityTaskCanceledRequest request,
                                               reply<pb::service::RespondActivityTaskCanceledResponse> done) {
    if (const auto wrong = check_answer(*this, request)) return done(*wrong);
    shard_->respond_activity_task_canceled(request, ending(request.task_token(), std::move(done)));
}

void node_core::record_activity_task_heartbeat_by_id(pb::service::RecordActivityTaskHeartbeatByIdRequest request,
                                                     reply<pb::service::RecordActivityTaskHeartbeatByIdResponse> done) {
    if (const auto wrong = check_activity(*this, request)) return done(*wrong);
    shard_->record_activity_task_heartbeat_by_id(request, std::move(done));
}

void node_core::respond_activity_task_completed_by_id(pb::service::RespondActivityTaskCompletedByIdRequest request,
                                                      reply<pb::service::RespondActivityTaskCompletedByIdResponse> done) {
    if (const auto wrong = check_activity(*this, request)) return done(*wrong);
    shard_->respond_activity_task_completed_by_id(request, std::move(done));
}

void node_core::respond_activity_task_failed_by_id(pb::service::RespondActivityTaskFailedByIdRequest request,
                                                   reply<pb::service::RespondActivityTaskFailedByIdResponse> done) {
    if (const auto wrong = check_activity(*this, request)) return done(*wrong);
    shard_->respond_activity_task_failed_by_id(request, std::move(done));
}

void node_core::respond_activity_task_canceled_by_id(pb::service::RespondActivityTaskCanceledByIdRequest request,
                                                     reply<pb::service::RespondActivityTaskCanceledByIdResponse> done) {
    if (const auto wrong = check_activity(*this, request)) return done(*wrong);
    shard_->respond_activity_task_canceled_by_id(request, std::move(done));
}

}  // namespace perdure::server
