#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/commands/target.hpp"
#include "cli/input.hpp"

namespace perdure::cli {
namespace {

using pb::common::WorkflowExecution;

exit_code run_cancel(session& shared, const target_flags& flags) {
    return for_each_target(shared, flags, "asked to cancel", [&](const WorkflowExecution& execution) {
        pb::service::RequestCancelWorkflowExecutionRequest request;
        request.set_namespace_(shared.flags.space);
        *request.mutable_workflow_execution() = execution;
        request.set_identity(shared.flags.identity);
        request.set_request_id(new_uuid());
        request.set_reason(flags.reason);
        static_cast<void>(shared.call(&frontend::request_cancel_workflow_execution, request));
    });
}

exit_code run_terminate(session& shared, const target_flags& flags) {
    return for_each_target(shared, flags, "terminated", [&](const WorkflowExecution& execution) {
        pb::service::TerminateWorkflowExecutionRequest request;
        request.set_namespace_(shared.flags.space);
        *request.mutable_workflow_execution() = execution;
        request.set_identity(shared.flags.identity);
        request.set_reason(flags.reason.empty() ? default_reason() : flags.reason);
        static_cast<void>(shared.call(&frontend::terminate_workflow_execution, request));
    });
}

exit_code run_delete(session& shared, const target_flags& flags) {
    return for_each_target(shared, flags, "deleted", [&](const WorkflowExecution& execution) {
        pb::service::DeleteWorkflowExecutionRequest request;
        request.set_namespace_(shared.flags.space);
        *request.mutable_workflow_execution() = execution;
        static_cast<void>(shared.call(&frontend::delete_workflow_execution, request));
    });
}

using runner = exit_code (*)(session&, const target_flags&);

void add(CLI::App& parent, session& shared, const char* name, const char* help, const char* footer, bool with_reason,
         runner run) {
    auto* command = parent.add_subcommand(name, help);
    command->footer(footer);
    auto flags = std::make_shared<target_flags>();
    flags->add_to(*command, with_reason);
    command->callback([&shared, flags, run] { shared.action = [&shared, flags, run] { return run(shared, *flags); }; });
}

}  // namespace

void add_workflow_stop(CLI::App& parent, session& shared) {
    add(parent, shared, "cancel", "Ask a workflow to cancel itself; it may clean up first",
        "Example:\n  perdure workflow cancel -w o-1 --reason 'ordered twice'\n", true, run_cancel);
    add(parent, shared, "terminate", "End a workflow at once; its code gets no chance to clean up",
        "Example:\n  perdure workflow terminate -w o-1 --reason 'stuck'\n", true, run_terminate);
    add(parent, shared, "delete", "Remove a workflow and its history; a running one is terminated",
        "Example:\n  perdure workflow delete -w o-1\n", false, run_delete);
}

}  // namespace perdure::cli
