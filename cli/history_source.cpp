#include "cli/history_source.hpp"

namespace perdure::cli {
namespace {

pb::service::GetWorkflowExecutionHistoryRequest page_request(const session& shared, const std::string& workflow_id,
                                                             const std::string& run_id) {
    pb::service::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_(shared.flags.space);
    request.mutable_execution()->set_workflow_id(workflow_id);
    request.mutable_execution()->set_run_id(run_id);
    return request;
}

void read_reverse(session& shared, const history_request& request,
                  const std::function<void(const pb::history::HistoryEvent&)>& take) {
    pb::service::GetWorkflowExecutionHistoryReverseRequest page;
    page.set_namespace_(shared.flags.space);
    page.mutable_execution()->set_workflow_id(request.workflow_id);
    page.mutable_execution()->set_run_id(request.run_id);
    do {
        const auto response = shared.call(&frontend::get_workflow_execution_history_reverse, page);
        for (const auto& event : response.history().events()) take(event);
        page.set_next_page_token(response.next_page_token());
    } while (!page.next_page_token().empty());
}

}  // namespace

bool is_close_event(pb::enums::EventType type) noexcept {
    switch (type) {
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return true;
        default:
            return false;
    }
}

std::string next_run(const pb::history::HistoryEvent& close) {
    if (close.has_workflow_execution_continued_as_new_event_attributes()) {
        return close.workflow_execution_continued_as_new_event_attributes().new_execution_run_id();
    }
    if (close.has_workflow_execution_failed_event_attributes()) {
        return close.workflow_execution_failed_event_attributes().new_execution_run_id();
    }
    if (close.has_workflow_execution_timed_out_event_attributes()) {
        return close.workflow_execution_timed_out_event_attributes().new_execution_run_id();
    }
    if (close.has_workflow_execution_completed_event_attributes()) {
        return close.workflow_execution_completed_event_attributes().new_execution_run_id();
    }
    return {};
}

void read_history(session& shared, const history_request& request,
                  const std::function<void(const pb::history::HistoryEvent&)>& take) {
    if (request.reverse) return read_reverse(shared, request, take);
    std::string run_id = request.run_id;
    while (true) {
        auto page = page_request(shared, request.workflow_id, run_id);
        page.set_wait_new_event(request.follow);
        std::string following;
        bool closed = false;
        do {
            const auto response = shared.call(&frontend::get_workflow_execution_history, page);
            for (const auto& event : response.history().events()) {
                take(event);
                if (is_close_event(event.event_type())) {
                    closed = true;
                    following = next_run(event);
                }
            }
            page.set_next_page_token(response.next_page_token());
        } while (!page.next_page_token().empty() && !(request.follow && closed));
        if (!request.follow || following.empty()) return;
        run_id = following;
    }
}

pb::history::HistoryEvent wait_for_close(session& shared, const std::string& workflow_id, const std::string& run_id) {
    std::string run = run_id;
    while (true) {
        auto page = page_request(shared, workflow_id, run);
        page.set_wait_new_event(true);
        page.set_history_event_filter_type(pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
        pb::history::HistoryEvent close;
        while (!is_close_event(close.event_type())) {
            const auto response = shared.call(&frontend::get_workflow_execution_history, page);
            const auto& events = response.history().events();
            if (!events.empty()) close = *events.rbegin();
            page.set_next_page_token(response.next_page_token());
        }
        run = next_run(close);
        if (run.empty()) return close;
    }
}

}  // namespace perdure::cli
