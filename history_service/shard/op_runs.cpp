#include "history_service/shard/core.hpp"

// What clients do to a run that is there.

namespace perdure::history {

void history_shard::core::signal_workflow_execution(const pb::service::SignalWorkflowExecutionRequest& request,
                                                    reply<pb::service::SignalWorkflowExecutionResponse> done) {
    const auto& execution = request.workflow_execution();
    change_run(resolve(request.namespace_(), execution.workflow_id(), execution.run_id()), std::move(done),
               [&](run_entry& entry) { return signal(entry.state, env(), request); });
}

void history_shard::core::request_cancel_workflow_execution(const pb::service::RequestCancelWorkflowExecutionRequest& request,
                                                            reply<pb::service::RequestCancelWorkflowExecutionResponse> done) {
    const auto& execution = request.workflow_execution();
    change_run(resolve(request.namespace_(), execution.workflow_id(), execution.run_id()), std::move(done),
               [&](run_entry& entry) { return request_cancel(entry.state, env(), request); });
}

void history_shard::core::terminate_workflow_execution(const pb::service::TerminateWorkflowExecutionRequest& request,
                                                       reply<pb::service::TerminateWorkflowExecutionResponse> done) {
    const auto& execution = request.workflow_execution();
    change_run(resolve(request.namespace_(), execution.workflow_id(), execution.run_id()), std::move(done),
               [&](run_entry& entry) { return terminate(entry.state, env(), request); });
}

void history_shard::core::reset_sticky_task_queue(const pb::service::ResetStickyTaskQueueRequest& request,
                                                  reply<pb::service::ResetStickyTaskQueueResponse> done) {
    const auto& execution = request.execution();
    change_run(resolve(request.namespace_(), execution.workflow_id(), execution.run_id()), std::move(done),
               [&](run_entry& entry) { return reset_sticky(entry.state, env()); });
}

void history_shard::core::delete_workflow_execution(const pb::service::DeleteWorkflowExecutionRequest& request,
                                                    reply<pb::service::DeleteWorkflowExecutionResponse> done) {
    using response = pb::service::DeleteWorkflowExecutionResponse;
    const auto& execution = request.workflow_execution();
    const auto found = resolve(request.namespace_(), execution.workflow_id(), execution.run_id());
    if (!found) return refuse(done, service_failure(found.error()));
    run_entry& entry = **found;
    const run_number run = entry.number;
    if (entry.state.running()) record(entry, terminate_for_delete(entry.state, env()));
    remove_run(entry);
    queue_.hold(run, [this, done = std::move(done)](const service_failure* lost) {
        answer<response>(done, lost != nullptr ? result<response>(unwritten(*lost)) : response{});
    });
}

void history_shard::core::describe_workflow_execution(const pb::service::DescribeWorkflowExecutionRequest& request,
                                                      reply<pb::service::DescribeWorkflowExecutionResponse> done) {
    const auto& execution = request.execution();
    const auto found = resolve(request.namespace_(), execution.workflow_id(), execution.run_id());
    if (!found) return refuse(done, service_failure(found.error()));
    answer_after<pb::service::DescribeWorkflowExecutionResponse>(**found, std::move(done), describe((*found)->state));
}

}  // namespace perdure::history
