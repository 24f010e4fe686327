#include "perdure/worker_main.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "api/proto_log.hpp"
#include "sdk/client/history_pages.hpp"
#include "sdk/worker/describe_command.hpp"
#include "sdk/worker/program_setup.hpp"
#include "sdk/worker/replay_command.hpp"

namespace perdure {
namespace {

using detail::program_setup;

const std::map<std::string, log_level> levels{
    {"debug", log_level::debug}, {"info", log_level::info}, {"warning", log_level::warning}, {"error", log_level::error}};

// What the command line said.
struct command_line {
    detail::program_overrides given;
    std::string least_log_level;
    detail::replay_request replay;
    int level = 1;
    std::int64_t until = 0;
    std::string output = "text";
    CLI::App* replay_command = nullptr;
    CLI::App* describe_command = nullptr;
};

void add_endpoint(CLI::App& part, command_line& line) {
    part.add_option("--address", line.given.where.target, "The server, http://host:port; several with commas between them")
        ->envname("PERDURE_ADDRESS");
    part.add_option("--namespace", line.given.where.space, "The namespace to serve")->envname("PERDURE_NAMESPACE");
}

void add_run(CLI::App& app, command_line& line, const std::string& program) {
    CLI::App& command = *app.add_subcommand("run", "Take tasks from a server until SIGTERM or SIGINT (the default)");
    command.footer("Examples:\n  " + program + " run --address http://127.0.0.1:7243 --namespace default\n  " +
                   "PERDURE_ADDRESS=http://server:7243 " + program + " run --metrics-port 9100");
    for (CLI::App* part : {&app, &command}) {
        add_endpoint(*part, line);
        part->add_option("--task-queue", line.given.task_queue, "Serve this queue instead of the program's own");
        part->add_option("--identity", line.given.identity, "The worker's name in histories; default process@host");
        part->add_option("--metrics-port", line.given.metrics_port, "Serve metrics for Prometheus at this port of 127.0.0.1");
        part->add_option("--log-level", line.least_log_level, "Write lines of this level and above")
            ->check(CLI::IsMember({"debug", "info", "warning", "error"}, CLI::ignore_case));
    }
}

void add_replay(CLI::App& app, command_line& line, const std::string& program) {
    CLI::App& command = *app.add_subcommand("replay", "Replay recorded histories with this program's workflow code");
    line.replay_command = &command;
    command.footer(std::string(detail::replay_exit_help()) + "\n\nExamples:\n  " + program + " replay o-17.json\n  " + program +
                   " replay histories/ --jobs 2 --junit replay.xml\n  " + program + " replay o-17.json --until 37 --gdb\n  " +
                   program + " replay --live o-17");
    command.add_option("HISTORY", line.replay.paths, "Files (JSON or binary) and folders with *.json and *.pb");
    command.add_option("--live", line.replay.live, "Replay this workflow of the server; nothing is written to it");
    command.add_option("--run-id", line.replay.run_id, "With --live: this run instead of the latest")->needs("--live");
    command.add_option("--level", line.level, "What must fit: 0 commands, 1 arguments too, 2 declared state too")
        ->check(CLI::Range(0, 2))
        ->capture_default_str();
    command.add_option("--jobs", line.replay.jobs, "Replay so many histories at once")->check(CLI::Range(1, 1024));
    command.add_option("--junit", line.replay.junit, "Write the results to this JUnit file");
    command.add_flag("--trace", line.replay.trace, "Show each event, what it woke and which commands that made");
    command.add_option("--until", line.until, "Show the run as it is at this event")->check(CLI::PositiveNumber);
    command.add_flag("--gdb", line.replay.gdb, "Step through it in gdb, from --until on or from the start");
    command.add_flag("--debugger-hooks", line.replay.debugger_hooks, "For --gdb itself")->group("");
    command.add_option("--output", line.output, "Of reports: text or json")->check(CLI::IsMember({"text", "json"}));
    add_endpoint(command, line);
}

void add_describe(CLI::App& app, command_line& line, const std::string& program) {
    CLI::App& command = *app.add_subcommand("describe", "Print as JSON what this program serves");
    line.describe_command = &command;
    command.footer(
        "One document: for each worker its queue and options, its workflows with their messages and its activities, with JSON "
        "Schemas of what they take and give. Nothing is opened and no server is asked.\n\nExamples:\n  " +
        program + " describe\n  " + program + " describe | jq '.workers[].workflows[].name'");
    command.add_option("--task-queue", line.given.task_queue, "Describe it as it would serve this queue");
}

int describe(const program_setup& made) {
    const std::string text = detail::describe_workers(made.workers());
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!written) std::perror("the description cannot be written to the standard output");
    return written ? 0 : 1;
}

int replay(command_line& line, program_setup& made) {
    detail::replay_request& request = line.replay;
    const bool close = request.trace || request.gdb || line.until > 0;
    const bool one = !request.live.empty() || (request.paths.size() == 1 && !std::filesystem::is_directory(request.paths[0]));
    if (request.live.empty() == request.paths.empty() || (close && !one)) {
        std::fputs(close && !one ? "--trace, --until and --gdb look at one history: name one file, or --live ID\n"
                                 : "name the histories to replay: files, folders, or --live ID\n",
                   stderr);
        return static_cast<int>(detail::replay_exit::usage);
    }
    request.level = static_cast<replay_level>(line.level);
    request.json = line.output == "json";
    if (line.until > 0) request.until = line.until;
    const auto fetch = [&](const std::string& workflow_id, const std::string& run_id) {
        return detail::fetch_history(made.client(), workflow_id, run_id);
    };
    return static_cast<int>(
        detail::run_replay(request, {.types = made.types(), .conversion = made.conversion(), .fetch = fetch}));
}

int run(int argc, char** argv, const std::function<void(worker_setup&)>& setup) {
    // This is the program's main: frames that do not parse are told by the worker's own log.
    silence_protobuf_log();
    command_line line;
    line.given.where = endpoint::from_env();
    const std::string program = argc > 0 ? argv[0] : "worker";
    CLI::App app{"A worker program of Perdure: runs the workflows and activities that it was built with."};
    app.set_version_flag("--version", "0.1.0");
    app.require_subcommand(0, 1);
    add_run(app, line, program);
    add_replay(app, line, program);
    add_describe(app, line, program);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!line.least_log_level.empty()) line.given.least_log_level = levels.at(CLI::detail::to_lower(line.least_log_level));
    const bool replays = line.replay_command->parsed();
    const bool describes = line.describe_command->parsed();
    line.given.serves = !replays && !describes;
    try {
        program_setup made(std::move(line.given));
        setup(made);
        if (replays) return replay(line, made);
        if (describes) return describe(made);
        return made.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}

}  // namespace

int worker_main(int argc, char** argv, const std::function<void(worker_setup&)>& setup) { return run(argc, argv, setup); }

int worker_main(int argc, char** argv, worker_options options, const std::function<void(worker&)>& setup) {
    return run(argc, argv, [&](worker_setup& made) { setup(made.add_worker(options)); });
}

}  // namespace perdure
