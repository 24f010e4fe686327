#include "server/node/operations/bounded.hpp"
#include "server/node/operations/checks.hpp"

#include <utility>

namespace perdure::server {

void node_core::signal_workflow_execution(pb::service::SignalWorkflowExecutionRequest request,
                                          reply<pb::service::SignalWorkflowExecutionResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.workflow_execution())) return done(*wrong);
    shard_->signal_workflow_execution(request, std::move(done));
}

void node_core::request_cancel_workflow_execution(pb::service::RequestCancelWorkflowExecutionRequest request,
                                                  reply<pb::service::RequestCancelWorkflowExecutionResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.workflow_execution())) return done(*wrong);
    shard_->request_cancel_workflow_execution(request, std::move(done));
}

void node_core::terminate_workflow_execution(pb::service::TerminateWorkflowExecutionRequest request,
                                             reply<pb::service::TerminateWorkflowExecutionResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.workflow_execution())) return done(*wrong);
    shard_->terminate_workflow_execution(request, std::move(done));
}

void node_core::delete_workflow_execution(pb::service::DeleteWorkflowExecutionRequest request,
                                          reply<pb::service::DeleteWorkflowExecutionResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.workflow_execution())) return done(*wrong);
    shard_->delete_workflow_execution(request, std::move(done));
}

void node_core::query_workflow(pb::service::QueryWorkflowRequest request, reply<pb::service::QueryWorkflowResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.execution())) return done(*wrong);
    auto counted = count_in(queries_, options_.max_queries, "queries", std::move(done));
    if (counted) shard_->query_workflow(request, std::move(*counted));
}

}  // namespace perdure::server
