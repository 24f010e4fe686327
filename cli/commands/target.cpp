#include "cli/commands/target.hpp"

#include <unistd.h>

#include <iostream>
#include <vector>

namespace perdure::cli {
namespace {

std::vector<pb::common::WorkflowExecution> find(session& shared, const std::string& query) {
    std::vector<pb::common::WorkflowExecution> found;
    pb::service::ListWorkflowExecutionsRequest request;
    request.set_namespace_(shared.flags.space);
    request.set_query(query);
    do {
        const auto page = shared.call(&frontend::list_workflow_executions, request);
        for (const auto& info : page.executions()) found.push_back(info.execution());
        request.set_next_page_token(page.next_page_token());
    } while (!request.next_page_token().empty());
    return found;
}

void confirm(session& shared, std::size_t count, const std::string& done) {
    if (isatty(STDIN_FILENO) == 0) {
        throw command_error(exit_code::usage,
                            std::to_string(count) + " workflows would be " + done + "; give --yes to do so without being asked");
    }
    shared.err() << count << " workflows will be " << done << ". Go on? [y/N] " << std::flush;
    std::string line;
    std::getline(std::cin, line);
    if (line != "y" && line != "yes") throw command_error(exit_code::usage, "nothing was done");
}

}  // namespace

void target_flags::add_to(CLI::App& command, bool with_reason) {
    auto* id = command.add_option("-w,--workflow-id", workflow_id, "Workflow ID; this or --query");
    auto* run = command.add_option("-r,--run-id", run_id, "Run ID; without it the latest run")->needs(id);
    command.add_option("-q,--query", query, "List filter: all workflows it finds; this or --workflow-id")
        ->excludes(id)
        ->excludes(run);
    command.add_flag("-y,--yes", yes, "With --query: do not ask");
    if (with_reason) command.add_option("--reason", reason, "Why, for the history");
}

exit_code for_each_target(session& shared, const target_flags& flags, const std::string& done,
                          const std::function<void(const pb::common::WorkflowExecution&)>& act) {
    if (flags.workflow_id.empty() && flags.query.empty()) {
        throw command_error(exit_code::usage, "give --workflow-id for one workflow or --query for all that a list filter finds");
    }
    if (flags.query.empty()) {
        pb::common::WorkflowExecution execution;
        execution.set_workflow_id(flags.workflow_id);
        execution.set_run_id(flags.run_id);
        act(execution);
        shared.print("Workflow " + flags.workflow_id + " was " + done + ".\n");
        shared.print_json(ordered_json::object());
        return exit_code::ok;
    }
    const auto found = find(shared, flags.query);
    if (!flags.yes && !found.empty()) confirm(shared, found.size(), done);
    std::size_t count = 0;
    for (const auto& execution : found) {
        try {
            act(execution);
            ++count;
        } catch (const command_error& error) {
            if (error.code() != exit_code::not_found) throw;
        }
    }
    shared.print(std::to_string(count) + (count == 1 ? " workflow was " : " workflows were ") + done + ".\n");
    shared.print_json({{"count", count}});
    return exit_code::ok;
}

}  // namespace perdure::cli
