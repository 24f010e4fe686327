#include "cli/render/outcome.hpp"

#include "cli/render/failure.hpp"
#include "cli/render/history_lines.hpp"
#include "cli/render/table.hpp"
#include "cli/render/values.hpp"

namespace perdure::cli {
std::string close_status(const pb::history::HistoryEvent& close) {
    switch (close.event_type()) {
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            return "COMPLETED";
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            return "FAILED";
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
            return "TIMEOUT";
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            return "CANCELED";
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            return "TERMINATED";
        case pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return "CONTINUED_AS_NEW";
        default:
            return "<unknown>";
    }
}

std::string render_outcome(const run_summary& run, const pb::history::HistoryEvent& close, bool colour) {
    std::vector<property> card;
    if (run.duration) card.push_back({"RunTime", show_milliseconds(run.duration->count())});
    card.push_back({"Status", close_status(close), event_tone(close.event_type())});
    if (close.has_workflow_execution_completed_event_attributes()) {
        const auto& result = close.workflow_execution_completed_event_attributes().result();
        card.push_back({"Result", friendly_json(result).dump(-1, ' ', false, ordered_json::error_handler_t::replace)});
        if (result.payloads_size() > 0) {
            const auto found = result.payloads(0).metadata().find("encoding");
            if (found != result.payloads(0).metadata().end()) card.push_back({"ResultEncoding", found->second});
        }
    } else if (close.has_workflow_execution_failed_event_attributes()) {
        const auto& failure = close.workflow_execution_failed_event_attributes().failure();
        card.push_back({"Failure", joined_lines(failure_lines(failure, true)), tone::bad});
    } else if (close.has_workflow_execution_terminated_event_attributes()) {
        card.push_back({"Reason", close.workflow_execution_terminated_event_attributes().reason()});
    } else if (close.has_workflow_execution_canceled_event_attributes()) {
        card.push_back({"Details", show_payloads(close.workflow_execution_canceled_event_attributes().details())});
    }
    return render_card(card, colour);
}

ordered_json outcome_json(const run_summary& run, const pb::history::HistoryEvent& close, payload_form form) {
    ordered_json out = {{"workflowId", run.workflow_id}, {"runId", run.run_id}};
    if (!run.type.empty()) out["type"] = run.type;
    if (!run.space.empty()) out["namespace"] = run.space;
    if (!run.task_queue.empty()) out["taskQueue"] = run.task_queue;
    if (run.duration) out["durationMillis"] = run.duration->count();
    out["status"] = close_status(close);
    out["closeEvent"] = proto_json(close, form);
    if (close.has_workflow_execution_completed_event_attributes()) {
        out["result"] = friendly_json(close.workflow_execution_completed_event_attributes().result());
    }
    return out;
}

}  // namespace perdure::cli
