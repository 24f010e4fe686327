#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/commands/flags.hpp"
#include "cli/history_source.hpp"
#include "cli/render/history_lines.hpp"
#include "cli/render/outcome.hpp"
#include "cli/render/table.hpp"

namespace perdure::cli {
namespace {

struct start_flags {
    std::string workflow_id;
    std::string type;
    std::string task_queue;
    std::string run_timeout;
    std::string execution_timeout;
    std::string task_timeout;
    std::string start_delay;
    std::string id_reuse_policy;
    std::string id_conflict_policy;
    bool fail_existing = false;
    std::string summary;
    std::vector<std::string> memo;
    std::vector<std::string> search_attributes;
    std::vector<std::string> headers;
    payload_flags input;
    bool detailed = false;

    void add_to(CLI::App& command) {
        command.add_option("-w,--workflow-id", workflow_id, "Workflow ID; without it a UUID is made");
        command.add_option("--type,--name", type, "Workflow type")->required();
        command.add_option("-t,--task-queue", task_queue, "Task queue of the workflow's workers")->required();
        add_payload_flags(command, input);
        command.add_option("--run-timeout", run_timeout, "Time a run may take, as in 30s or 2h");
        command.add_option("--execution-timeout", execution_timeout, "Time all runs of the chain may take together");
        command.add_option("--task-timeout", task_timeout, "Time a worker has for one workflow task (10s)");
        command.add_option("--start-delay", start_delay, "Time to wait before the first workflow task");
        command.add_option("--id-reuse-policy", id_reuse_policy, "When a closed workflow has the ID")
            ->check(CLI::IsMember({"AllowDuplicate", "AllowDuplicateFailedOnly", "RejectDuplicate", "TerminateIfRunning"}));
        command.add_option("--id-conflict-policy", id_conflict_policy, "When a running workflow has the ID")
            ->check(CLI::IsMember({"Fail", "UseExisting", "TerminateExisting"}));
        command.add_flag("--fail-existing", fail_existing, "Fail if the workflow exists already");
        command.add_option("--static-summary", summary, "One line for people, shown beside the workflow");
        add_repeated(command, "--memo", memo, "KEY=JSON kept with the workflow");
        add_repeated(command, "--search-attribute", search_attributes, "KEY=JSON to find the workflow by");
        add_repeated(command, "--headers", headers, "KEY=JSON sent as a header");
    }
};

pb::enums::WorkflowIdReusePolicy reuse_policy(const std::string& name) {
    if (name == "AllowDuplicateFailedOnly") return pb::enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY;
    if (name == "RejectDuplicate") return pb::enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE;
    if (name == "TerminateIfRunning") return pb::enums::WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING;
    if (name == "AllowDuplicate") return pb::enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE;
    return pb::enums::WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED;
}

pb::enums::WorkflowIdConflictPolicy conflict_policy(const start_flags& flags) {
    if (flags.id_conflict_policy == "UseExisting") return pb::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING;
    if (flags.id_conflict_policy == "TerminateExisting") return pb::enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING;
    if (flags.id_conflict_policy == "Fail" || flags.fail_existing) return pb::enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL;
    return pb::enums::WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED;
}

pb::service::StartWorkflowExecutionRequest build_request(const session& shared, const start_flags& flags) {
    pb::service::StartWorkflowExecutionRequest request;
    request.set_namespace_(shared.flags.space);
    request.set_workflow_id(flags.workflow_id.empty() ? new_uuid() : flags.workflow_id);
    request.mutable_workflow_type()->set_name(flags.type);
    request.mutable_task_queue()->set_name(flags.task_queue);
    auto input = build_payloads(flags.input);
    if (input.payloads_size() > 0) *request.mutable_input() = std::move(input);
    if (!flags.run_timeout.empty()) set_duration(*request.mutable_workflow_run_timeout(), "--run-timeout", flags.run_timeout);
    if (!flags.execution_timeout.empty()) {
        set_duration(*request.mutable_workflow_execution_timeout(), "--execution-timeout", flags.execution_timeout);
    }
    if (!flags.task_timeout.empty()) set_duration(*request.mutable_workflow_task_timeout(), "--task-timeout", flags.task_timeout);
    if (!flags.start_delay.empty()) set_duration(*request.mutable_workflow_start_delay(), "--start-delay", flags.start_delay);
    request.set_identity(shared.flags.identity);
    request.set_request_id(new_uuid());
    request.set_workflow_id_reuse_policy(reuse_policy(flags.id_reuse_policy));
    request.set_workflow_id_conflict_policy(conflict_policy(flags));
    for (auto& [key, value] : key_values("--memo", flags.memo)) (*request.mutable_memo()->mutable_fields())[key] = value;
    for (auto& [key, value] : key_values("--search-attribute", flags.search_attributes)) {
        (*request.mutable_search_attributes()->mutable_indexed_fields())[key] = value;
    }
    for (auto& [key, value] : key_values("--headers", flags.headers)) (*request.mutable_header()->mutable_fields())[key] = value;
    if (!flags.summary.empty()) {
        *request.mutable_user_metadata()->mutable_summary() =
            json_payload("--static-summary", ordered_json(flags.summary).dump());
    }
    return request;
}

run_summary start(session& shared, const start_flags& flags) {
    const auto request = build_request(shared, flags);
    const auto response = shared.call(&frontend::start_workflow_execution, request);
    run_summary run{request.workflow_id(), response.run_id(), flags.type, shared.flags.space, flags.task_queue, {}};
    shared.heading(response.started() ? "Running execution:" : "Execution that runs already:");
    shared.print(render_card({{"WorkflowId", run.workflow_id},
                              {"RunId", run.run_id},
                              {"Type", run.type},
                              {"Namespace", run.space},
                              {"TaskQueue", run.task_queue}},
                             shared.colour()));
    return run;
}

exit_code run_start(session& shared, const start_flags& flags) {
    const auto run = start(shared, flags);
    shared.print_json({{"workflowId", run.workflow_id},
                       {"runId", run.run_id},
                       {"type", run.type},
                       {"namespace", run.space},
                       {"taskQueue", run.task_queue}});
    return exit_code::ok;
}

exit_code run_execute(session& shared, const start_flags& flags) {
    const auto begun = std::chrono::steady_clock::now();
    auto run = start(shared, flags);
    if (shared.text()) {
        shared.print("\n");
        shared.heading("Progress:");
        history_reader reader({.colour = shared.colour(), .detailed = flags.detailed});
        read_history(shared, {run.workflow_id, run.run_id, true, false},
                     [&](const pb::history::HistoryEvent& event) { shared.print(reader.print(event)); });
        shared.print("\n");
    }
    const auto close = wait_for_close(shared, run.workflow_id, run.run_id);
    run.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    shared.heading("Results:");
    shared.print(render_outcome(run, close, shared.colour()));
    if (shared.json()) {
        auto document = outcome_json(run, close, shared.flags.raw_payloads ? payload_form::raw : payload_form::shorthand);
        if (flags.detailed) {
            // Never shorthand, so that SDKs can replay it.
            pb::history::History history;
            read_history(shared, {run.workflow_id, run.run_id, false, false},
                         [&](const pb::history::HistoryEvent& event) { *history.add_events() = event; });
            document["history"] = proto_json(history, payload_form::raw);
        }
        shared.print_json(document);
    }
    return close.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_workflow_start(CLI::App& parent, session& shared) {
    auto* start_command = parent.add_subcommand("start", "Start a workflow and print its ids");
    start_command->footer(
        "Example:\n"
        "  perdure workflow start --type order.fulfil --task-queue orders --workflow-id o-1 --input '{\"id\":\"o-1\"}'\n");
    auto start_options = std::make_shared<start_flags>();
    start_options->add_to(*start_command);
    start_command->callback(
        [&shared, start_options] { shared.action = [&shared, start_options] { return run_start(shared, *start_options); }; });

    auto* execute = parent.add_subcommand("execute", "Start a workflow, show its progress, wait for it and print its result");
    execute->footer(
        "Exits 1 if the workflow closed otherwise than completed.\n\n"
        "Example:\n"
        "  perdure workflow execute --type order.fulfil --task-queue orders --input-file order.json\n");
    auto execute_options = std::make_shared<start_flags>();
    execute_options->add_to(*execute);
    execute->add_flag("--detailed", execute_options->detailed,
                      "Show every attribute of each event; with JSON output add the history");
    execute->callback([&shared, execute_options] {
        shared.action = [&shared, execute_options] { return run_execute(shared, *execute_options); };
    });
}

}  // namespace perdure::cli
