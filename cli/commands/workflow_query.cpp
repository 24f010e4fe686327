#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/commands/flags.hpp"
#include "cli/render/table.hpp"
#include "cli/render/values.hpp"

namespace perdure::cli {
namespace {

struct query_flags {
    workflow_flags workflow;
    std::string name;
    std::string reject;
    payload_flags input;

    void add_reject(CLI::App& command) {
        command.add_option("--reject-condition", reject, "Refuse to query a workflow that is closed")
            ->check(CLI::IsMember({"not_open", "not_completed_cleanly"}));
    }
};

pb::service::QueryWorkflowResponse query(session& shared, const query_flags& flags) {
    pb::service::QueryWorkflowRequest request;
    request.set_namespace_(shared.flags.space);
    flags.workflow.fill(*request.mutable_execution());
    request.mutable_query()->set_query_type(flags.name);
    auto input = build_payloads(flags.input);
    if (input.payloads_size() > 0) *request.mutable_query()->mutable_query_args() = std::move(input);
    if (flags.reject == "not_open") request.set_query_reject_condition(pb::enums::QUERY_REJECT_CONDITION_NOT_OPEN);
    if (flags.reject == "not_completed_cleanly") {
        request.set_query_reject_condition(pb::enums::QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY);
    }
    auto response = shared.call(&frontend::query_workflow, request);
    if (response.has_query_rejected()) {
        throw command_error(exit_code::refused,
                            "the query was rejected: the workflow is " + status_name(response.query_rejected().status()));
    }
    return response;
}

exit_code run_query(session& shared, const query_flags& flags) {
    const auto response = query(shared, flags);
    shared.heading("Query result:");
    const auto value = friendly_json(response.query_result());
    shared.print(
        render_card({{"QueryResult", value.dump(-1, ' ', false, ordered_json::error_handler_t::replace)}}, shared.colour()));
    shared.print_json(shared.as_json(response));
    return exit_code::ok;
}

/// A stack trace is text with lines: shown as such.
exit_code run_stack(session& shared, const query_flags& flags) {
    const auto response = query(shared, flags);
    const auto value = friendly_json(response.query_result());
    std::string text = value.is_string() ? value.get<std::string>() : value.dump(2);
    if (!text.ends_with('\n')) text += '\n';
    shared.print(text);
    shared.print_json(shared.as_json(response));
    return exit_code::ok;
}

}  // namespace

void add_workflow_query(CLI::App& parent, session& shared) {
    auto* query_command = parent.add_subcommand("query", "Ask a workflow for its state");
    query_command->footer("Example:\n  perdure workflow query -w o-1 --name status\n");
    auto flags = std::make_shared<query_flags>();
    flags->workflow.add_to(*query_command);
    query_command->add_option("--name,--type", flags->name, "Name of the query")->required();
    add_payload_flags(*query_command, flags->input);
    flags->add_reject(*query_command);
    query_command->callback([&shared, flags] { shared.action = [&shared, flags] { return run_query(shared, *flags); }; });

    auto* stack = parent.add_subcommand("stack", "Show where a workflow's coroutines wait");
    stack->footer("Example:\n  perdure workflow stack -w o-1\n");
    auto stack_flags = std::make_shared<query_flags>();
    stack_flags->name = "__stack_trace";
    stack_flags->workflow.add_to(*stack);
    stack_flags->add_reject(*stack);
    stack->callback(
        [&shared, stack_flags] { shared.action = [&shared, stack_flags] { return run_stack(shared, *stack_flags); }; });
}

}  // namespace perdure::cli
