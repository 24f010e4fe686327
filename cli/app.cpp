#include "cli/app.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/commands.hpp"
#include "cli/completion.hpp"
#include "server/config/config_file.hpp"

namespace perdure::cli {
namespace {

constexpr const char* version = "0.1.0";

void add_global_flags(CLI::App& app, settings& flags) {
    static const std::map<std::string, output_format> formats = {{"text", output_format::text},
                                                                 {"json", output_format::json},
                                                                 {"jsonl", output_format::jsonl},
                                                                 {"none", output_format::none}};
    app.add_option("--address", flags.address, "Server, as http://host:port; several with commas between them")
        ->envname("PERDURE_ADDRESS")
        ->capture_default_str();
    app.add_option("-n,--namespace", flags.space, "Namespace")->envname("PERDURE_NAMESPACE")->capture_default_str();
    app.add_option("-o,--output", flags.output, "text, json, jsonl or none")
        ->transform(CLI::Transformer(formats, CLI::ignore_case).description(""))
        ->type_name("FORMAT");
    app.add_option("--color", flags.colour, "always, never or auto: on a terminal unless NO_COLOR is set")
        ->check(CLI::IsMember({"always", "never", "auto"}).description(""))
        ->capture_default_str();
    app.add_option("--command-timeout", flags.command_timeout, "Give up after this long, as in 30s; without it never");
    app.add_option("--identity", flags.identity, "Who asks, for histories");
    app.add_flag("--no-json-shorthand-payloads", flags.raw_payloads, "Show payloads as metadata and base64 in JSON");
}

/// Flags of the program may stand behind the command, as in Temporal's CLI.
CLI::App& group(CLI::App& app, const char* name, const char* help) {
    auto* command = app.add_subcommand(name, help);
    command->require_subcommand(1);
    return *command;
}

void build(CLI::App& app, session& shared) {
    app.fallthrough();
    app.require_subcommand(1);
    app.set_version_flag("-v,--version", std::string("perdure ") + version);
    app.footer(std::string(exit_code_help()) +
               "\nExamples:\n"
               "  perdure server start-dev --db perdure.db\n"
               "  perdure workflow list --query 'ExecutionStatus = \"Running\"'\n"
               "  perdure workflow show -w o-1 --follow\n"
               "Every command has --help with examples of its own.\n");
    add_global_flags(app, shared.flags);

    auto& workflow = group(app, "workflow", "Start, watch, message and stop workflows");
    add_workflow_start(workflow, shared);
    add_workflow_list(workflow, shared);
    add_workflow_describe(workflow, shared);
    add_workflow_show(workflow, shared);
    add_workflow_export(workflow, shared);
    add_workflow_signal(workflow, shared);
    add_workflow_query(workflow, shared);
    add_workflow_stop(workflow, shared);
    add_activity(group(app, "activity", "Complete or fail activities from outside their worker"), shared);
    add_task_queue(group(app, "task-queue", "Look into task queues"), shared);
    add_server(group(app, "server", "Run a server"), shared);
    add_store(group(app, "store", "Look after the database of servers"), shared);
    add_fsck(app, shared);
    add_completion(app, shared);
}

/// What is wrong with a word that nothing takes, with the nearest one that is known.
std::string unknown_word(const CLI::App& command, const std::string& word, const std::string& path) {
    std::vector<std::string_view> known;
    const bool flag = word.starts_with("-");
    const auto children = command.get_subcommands([](const CLI::App*) { return true; });
    const auto words = command_words(command);
    for (const auto& name : flag ? words.front().options : words.front().subcommands) known.emplace_back(name);
    std::string text = "'" + word + "' is not a " + (flag ? "flag" : "command") + " of '" + path + "'";
    if (!flag && children.empty()) text = "'" + path + "' takes no '" + word + "'";
    const auto near = server::nearest_name(word, known);
    return near.empty() ? text : text + "; did you mean '" + std::string(near) + "'?";
}

/// CLI11's messages name the flag; this makes one sentence of them and says where help is.
int report_usage(const CLI::App& app, const CLI::ParseError& error, std::ostream& err) {
    std::string path = "perdure";
    const CLI::App* here = &app;
    for (auto chosen = here->get_subcommands(); !chosen.empty(); chosen = here->get_subcommands()) {
        here = chosen.front();
        path += " " + here->get_name();
    }
    std::string what = error.what();
    const auto unknown = app.remaining(true);
    if (!unknown.empty()) what = unknown_word(*here, unknown.front(), path);
    while (!what.empty() && (what.back() == '\n' || what.back() == '.')) what.pop_back();
    err << "perdure: " << what << "; see '" << path << " --help'\n";
    return static_cast<int>(exit_code::usage);
}

int execute(int argc, const char* const* argv, const surroundings& where) {
    session shared(where.out, where.err, where.connect, where.terminal);
    CLI::App app("Perdure: workflows as C++ coroutines that survive crashes, deploys and weeks of waiting.", "perdure");
    build(app, shared);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {
        return app.exit(wanted, where.out, where.err);
    } catch (const CLI::ParseError& error) {
        return report_usage(app, error, where.err);
    }
    try {
        shared.begin();
        return static_cast<int>(shared.action());
    } catch (const command_error& error) {
        where.err << "perdure: " << error.what() << '\n';
        return static_cast<int>(error.code());
    }
}

}  // namespace

int run(int argc, const char* const* argv, const surroundings& where) noexcept {
    try {
        return execute(argc, argv, where);
    } catch (const std::exception& error) {
        where.err << "perdure: " << error.what() << '\n';
        return static_cast<int>(exit_code::refused);
    }
}

}  // namespace perdure::cli
