#include <memory>

#include "api/json.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/flags.hpp"
#include "cli/history_source.hpp"
#include "cli/render/history_lines.hpp"
#include "cli/render/outcome.hpp"

namespace perdure::cli {
namespace {

struct show_flags {
    workflow_flags workflow;
    bool follow = false;
    bool detailed = false;
    bool reverse = false;
};

exit_code run_show(session& shared, const show_flags& flags) {
    if (flags.reverse && flags.follow) {
        throw command_error(exit_code::usage, "--reverse cannot be combined with --follow: new events are at the other end");
    }
    const history_request request{flags.workflow.workflow_id, flags.workflow.run_id, flags.follow && shared.text(),
                                  flags.reverse};
    if (shared.json()) {
        // The export format: never shorthand, so that SDKs can replay it.
        pb::history::History history;
        read_history(shared, request, [&](const pb::history::HistoryEvent& event) { *history.add_events() = event; });
        const bool indented = shared.flags.output == output_format::json;
        const auto text = print_history(history, indented ? json_style::pretty : json_style::compact);
        if (!text) throw command_error(exit_code::refused, text.error().message);
        shared.out() << *text << std::endl;
        return exit_code::ok;
    }
    shared.heading("Progress:");
    history_reader reader({.colour = shared.colour(), .detailed = flags.detailed});
    pb::history::HistoryEvent close;
    read_history(shared, request, [&](const pb::history::HistoryEvent& event) {
        shared.print(reader.print(event));
        if (is_close_event(event.event_type())) close = event;
    });
    if (is_close_event(close.event_type())) {
        shared.print("\n");
        shared.heading("Results:");
        shared.print(render_outcome({}, close, shared.colour()));
    }
    return exit_code::ok;
}

exit_code run_result(session& shared, const workflow_flags& flags) {
    const auto close = wait_for_close(shared, flags.workflow_id, flags.run_id);
    const run_summary run{.workflow_id = flags.workflow_id, .run_id = flags.run_id, .space = shared.flags.space};
    shared.heading("Results:");
    shared.print(render_outcome(run, close, shared.colour()));
    shared.print_json(outcome_json(run, close, shared.flags.raw_payloads ? payload_form::raw : payload_form::shorthand));
    return close.event_type() == pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED ? exit_code::ok : exit_code::failed;
}

}  // namespace

void add_workflow_show(CLI::App& parent, session& shared) {
    auto* show = parent.add_subcommand("show", "Show a workflow's history, a line an event");
    show->footer(
        "With --output json it prints the export format {\"events\": [...]}, which SDKs and tools can replay.\n\n"
        "Examples:\n"
        "  perdure workflow show -w o-1 --follow\n"
        "  perdure workflow show -w o-1 --output json > o-1.json\n");
    auto flags = std::make_shared<show_flags>();
    flags->workflow.add_to(*show);
    show->add_flag("-f,--follow", flags->follow, "Go on with new events until the workflow closes; not for JSON");
    show->add_flag("--detailed", flags->detailed, "Show every attribute and stack traces");
    show->add_flag("--reverse", flags->reverse, "The newest event first");
    show->callback([&shared, flags] { shared.action = [&shared, flags] { return run_show(shared, *flags); }; });

    auto* result = parent.add_subcommand("result", "Wait for a workflow to close and print its result");
    result->footer("Exits 1 if the workflow closed otherwise than completed.\n\nExample:\n  perdure workflow result -w o-1\n");
    auto result_flags = std::make_shared<workflow_flags>();
    result_flags->add_to(*result);
    result->callback(
        [&shared, result_flags] { shared.action = [&shared, result_flags] { return run_result(shared, *result_flags); }; });
}

}  // namespace perdure::cli
