#include "server/node/operations/bounded.hpp"
#include "server/node/operations/checks.hpp"

#include <utility>

namespace perdure::server {

void node_core::describe_workflow_execution(pb::service::DescribeWorkflowExecutionRequest request,
                                            reply<pb::service::DescribeWorkflowExecutionResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.execution())) return done(*wrong);
    shard_->describe_workflow_execution(request, std::move(done));
}

void node_core::get_workflow_execution_history(pb::service::GetWorkflowExecutionHistoryRequest request,
                                               reply<pb::service::GetWorkflowExecutionHistoryResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.execution())) return done(*wrong);
    if (const auto wrong = check_page_size(request.maximum_page_size())) return done(*wrong);
    if (!request.wait_new_event()) return shard_->get_workflow_execution_history(request, std::move(done));
    auto counted = count_in(history_waits_, options_.max_history_waits, "requests for new events", std::move(done));
    if (counted) shard_->get_workflow_execution_history(request, std::move(*counted));
}

void node_core::get_workflow_execution_history_reverse(pb::service::GetWorkflowExecutionHistoryReverseRequest request,
                                                       reply<pb::service::GetWorkflowExecutionHistoryReverseResponse> done) {
    if (const auto wrong = check_address(*this, request.namespace_(), request.execution())) return done(*wrong);
    if (const auto wrong = check_page_size(request.maximum_page_size())) return done(*wrong);
    shard_->get_workflow_execution_history_reverse(request, std::move(done));
}

void node_core::list_workflow_executions(pb::service::ListWorkflowExecutionsRequest request,
                                         reply<pb::service::ListWorkflowExecutionsResponse> done) {
    if (const auto wrong = check_namespace(request.namespace_())) return done(*wrong);
    if (const auto wrong = check_page_size(request.page_size())) return done(*wrong);
    shard_->list_workflow_executions(request, std::move(done));
}

void node_core::count_workflow_executions(pb::service::CountWorkflowExecutionsRequest request,
                                          reply<pb::service::CountWorkflowExecutionsResponse> done) {
    if (const auto wrong = check_namespace(request.namespace_())) return done(*wrong);
    shard_->count_workflow_executions(request, std::move(done));
}

}  // namespace perdure::server
