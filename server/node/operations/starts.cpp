#include "server/node/close_wait.hpp"
#include "server/node/node_core.hpp"

#include <utility>

namespace perdure::server {

void node_core::start_workflow_execution(pb::service::StartWorkflowExecutionRequest request,
                                         reply<pb::service::StartWorkflowExecutionResponse> done) {
    if (const auto wrong = check_namespace(request.namespace_())) return done(*wrong);
    if (request.perdure_wait_for_close()) done = after_close(*this, request, std::move(done));
    shard_->start_workflow_execution(request, std::move(done));
}

void node_core::signal_with_start_workflow_execution(pb::service::SignalWithStartWorkflowExecutionRequest request,
                                                     reply<pb::service::SignalWithStartWorkflowExecutionResponse> done) {
    if (const auto wrong = check_namespace(request.namespace_())) return done(*wrong);
    shard_->signal_with_start_workflow_execution(request, std::move(done));
}

}  // namespace perdure::server
