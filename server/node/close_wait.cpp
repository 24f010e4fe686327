#include "server/node/close_wait.hpp"

#include <string>
#include <utility>

namespace perdure::server {

using pb::service::GetWorkflowExecutionHistoryRequest;
using pb::service::GetWorkflowExecutionHistoryResponse;
using pb::service::StartWorkflowExecutionRequest;
using pb::service::StartWorkflowExecutionResponse;

reply<StartWorkflowExecutionResponse> after_close(node& on, const StartWorkflowExecutionRequest& request,
                                                  reply<StartWorkflowExecutionResponse> done) {
    return [&on, name = request.namespace_(), id = request.workflow_id(),
            done = std::move(done)](result<StartWorkflowExecutionResponse>&& started) {
        if (!started) return done(std::move(started));
        GetWorkflowExecutionHistoryRequest close;
        close.set_namespace_(name);
        close.mutable_execution()->set_workflow_id(id);
        close.mutable_execution()->set_run_id(started->run_id());
        close.set_wait_new_event(true);
        close.set_history_event_filter_type(pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
        on.get_workflow_execution_history(
            std::move(close), [done, answer = *std::move(started)](result<GetWorkflowExecutionHistoryResponse>&& page) mutable {
                if (page && page->history().events_size() > 0)
                    answer.mutable_perdure_close_event()->Swap(page->mutable_history()->mutable_events(0));
                done(std::move(answer));
            });
    };
}

}  // namespace perdure::server
