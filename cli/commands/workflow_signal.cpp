#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/commands/flags.hpp"
#include "cli/commands/target.hpp"

namespace perdure::cli {
namespace {

struct signal_flags {
    target_flags target;
    std::string name;
    payload_flags input;
    std::vector<std::string> headers;
};

exit_code run_signal(session& shared, const signal_flags& flags) {
    pb::service::SignalWorkflowExecutionRequest request;
    request.set_namespace_(shared.flags.space);
    request.set_signal_name(flags.name);
    request.set_identity(shared.flags.identity);
    auto input = build_payloads(flags.input);
    if (input.payloads_size() > 0) *request.mutable_input() = std::move(input);
    for (auto& [key, value] : key_values("--headers", flags.headers)) (*request.mutable_header()->mutable_fields())[key] = value;
    return for_each_target(shared, flags.target, "signalled", [&](const pb::common::WorkflowExecution& execution) {
        *request.mutable_workflow_execution() = execution;
        request.set_request_id(new_uuid());
        static_cast<void>(shared.call(&frontend::signal_workflow_execution, request));
    });
}

}  // namespace

void add_workflow_signal(CLI::App& parent, session& shared) {
    auto* command = parent.add_subcommand("signal", "Send a signal to a workflow");
    command->footer("Example:\n  perdure workflow signal -w o-1 --name approve --input '{\"by\":\"ada\"}'\n");
    auto flags = std::make_shared<signal_flags>();
    flags->target.add_to(*command, false);
    command->add_option("--name,--type", flags->name, "Name of the signal")->required();
    add_payload_flags(*command, flags->input);
    add_repeated(*command, "--headers", flags->headers, "KEY=JSON sent as a header");
    command->callback([&shared, flags] { shared.action = [&shared, flags] { return run_signal(shared, *flags); }; });
}

}  // namespace perdure::cli
