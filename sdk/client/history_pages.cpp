#include "sdk/client/history_pages.hpp"

#include <utility>

#include "sdk/client/blocking.hpp"
#include "sdk/client/connection.hpp"

namespace perdure::detail {

pb::history::History fetch_history(const client& via, const std::string& workflow_id, const std::string& run_id) {
    connection& link = *via.via();
    pb::service::GetWorkflowExecutionHistoryRequest page;
    page.set_namespace_(link.space());
    page.mutable_execution()->set_workflow_id(workflow_id);
    page.mutable_execution()->set_run_id(run_id);
    pb::history::History whole;
    do {
        auto reply = blocking_reply<pb::service::GetWorkflowExecutionHistoryResponse>(
            link, [&](auto done) { link.service().get_workflow_execution_history(page, std::move(done)); });
        whole.mutable_events()->MergeFrom(reply.history().events());
        page.set_next_page_token(reply.next_page_token());
    } while (!page.next_page_token().empty());
    return whole;
}

}  // namespace perdure::detail
