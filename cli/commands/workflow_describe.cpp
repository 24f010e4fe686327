#include <memory>
#include <optional>

#include "cli/commands/commands.hpp"
#include "cli/commands/flags.hpp"
#include "cli/history_source.hpp"
#include "cli/render/describe.hpp"
#include "cli/render/failure.hpp"
#include "cli/render/outcome.hpp"
#include "cli/render/table.hpp"
#include "cli/render/values.hpp"

namespace perdure::cli {
namespace {

struct describe_flags {
    workflow_flags workflow;
    bool reset_points = false;
};

exit_code print_reset_points(session& shared, const pb::workflow::WorkflowExecutionInfo& info) {
    std::vector<std::vector<cell>> rows;
    auto list = ordered_json::array();
    for (const auto& point : info.auto_reset_points().points()) {
        rows.push_back(
            {{show_time(point.create_time())}, {point.run_id()}, {std::to_string(point.first_workflow_task_completed_id())}});
        list.push_back(shared.as_json(point));
    }
    shared.heading("Auto Reset Points: " + std::to_string(rows.size()));
    if (!rows.empty()) shared.print(render_table({"CreateTime", "RunId", "EventId"}, rows, shared.colour()));
    shared.print_json(list);
    return exit_code::ok;
}

/// Why the workflow task that is pending now had to be repeated; null if it was not, or only timed out.
std::optional<pb::failure::Failure> last_task_failure(session& shared,
                                                      const pb::service::DescribeWorkflowExecutionResponse& description) {
    if (description.pending_workflow_task().attempt() < 2) return std::nullopt;
    pb::service::GetWorkflowExecutionHistoryReverseRequest last;
    last.set_namespace_(shared.flags.space);
    *last.mutable_execution() = description.workflow_execution_info().execution();
    last.set_maximum_page_size(10);
    const auto page = shared.call(&frontend::get_workflow_execution_history_reverse, last);
    for (const auto& event : page.history().events()) {
        if (event.has_workflow_task_completed_event_attributes()) break;
        if (event.has_workflow_task_failed_event_attributes()) return event.workflow_task_failed_event_attributes().failure();
    }
    return std::nullopt;
}

exit_code run_describe(session& shared, const describe_flags& flags) {
    pb::service::DescribeWorkflowExecutionRequest request;
    request.set_namespace_(shared.flags.space);
    flags.workflow.fill(*request.mutable_execution());
    const auto description = shared.call(&frontend::describe_workflow_execution, request);
    const auto& info = description.workflow_execution_info();
    if (flags.reset_points) return print_reset_points(shared, info);

    auto document = shared.as_json(description);
    shared.print(render_description(description, shared.flags.space, shared.colour()));
    if (const auto failure = last_task_failure(shared, description)) {
        document["lastWorkflowTaskFailure"] = shared.as_json(*failure);
        shared.print("\n");
        shared.heading("Last Workflow Task Failure:");
        for (const auto& line : failure_lines(*failure)) shared.print("  " + line + "\n");
    }
    if (info.status() != pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING) {
        pb::service::GetWorkflowExecutionHistoryRequest last;
        last.set_namespace_(shared.flags.space);
        *last.mutable_execution() = info.execution();
        last.set_history_event_filter_type(pb::enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
        const auto history = shared.call(&frontend::get_workflow_execution_history, last).history();
        if (history.events_size() > 0) {
            const auto& close = *history.events().rbegin();
            document["closeEvent"] = shared.as_json(close);
            if (close.has_workflow_execution_completed_event_attributes()) {
                document["result"] = friendly_json(close.workflow_execution_completed_event_attributes().result());
            }
            shared.print("\n");
            shared.heading("Results:");
            shared.print(render_outcome({}, close, shared.colour()));
        }
    }
    shared.print_json(document);
    return exit_code::ok;
}

}  // namespace

void add_workflow_describe(CLI::App& parent, session& shared) {
    auto* command = parent.add_subcommand("describe", "Show what a workflow is and what it waits for");
    command->footer("Example:\n  perdure workflow describe -w o-1\n");
    auto flags = std::make_shared<describe_flags>();
    flags->workflow.add_to(*command);
    command->add_flag("--reset-points", flags->reset_points, "Show the points it can be reset to, and nothing else");
    command->callback([&shared, flags] { shared.action = [&shared, flags] { return run_describe(shared, *flags); }; });
}

}  // namespace perdure::cli
