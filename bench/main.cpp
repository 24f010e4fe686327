// perdure-bench: what a user would measure, with the machine's own limits measured beside it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <perdure/worker.hpp>

#include "api/proto_log.hpp"
#include "bench/machine/postgres.hpp"
#include "bench/replay/replay_run.hpp"
#include "bench/stage/worker_settings.hpp"
#include "bench/suite/suite.hpp"
#include "bench/workload/workload.hpp"

namespace {

namespace bench = perdure::bench;

struct flags {
    bench::settings wanted;
    double seconds = 10;
    double warm_up_seconds = 1;
    double span_seconds = 60;
    bool json = false;
    std::string folder = std::filesystem::current_path().string();
};

int run_worker(const std::string& address, bool plain) {
    perdure::worker worker(perdure::client::connect({.target = address}), bench::busy_worker(plain));
    bench::add_workflows(worker);
    return worker.run_until_signalled();
}

int print(const std::string& text) {
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
    return EXIT_SUCCESS;
}

/// A folder of its own, which goes with the object.
class own_folder {
  public:
    explicit own_folder(const std::string& parent)
        : path_(std::filesystem::absolute(parent) / ("perdure-bench-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    own_folder(const own_folder&) = delete;
    own_folder& operator=(const own_folder&) = delete;
    ~own_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

std::chrono::milliseconds from_seconds(double seconds) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
}

int run_workload(const bench::workload& chosen, flags given) {
    const own_folder folder(given.folder);
    given.wanted.folder = folder.path();
    given.wanted.measure = from_seconds(given.seconds);
    given.wanted.warm_up = from_seconds(given.warm_up_seconds);
    given.wanted.span = from_seconds(given.span_seconds);
    const bench::report made = chosen.run(given.wanted);
    return print(given.json ? bench::to_json(made).dump() : bench::to_text(made));
}

std::string check_store(const std::string& store) {
    const bool known = store == "sqlite" || store == "memory" || bench::is_postgres(store);
    return known ? "" : "'" + store + "' is no store: give sqlite, memory or postgres://...";
}

void add_workload(CLI::App& app, const bench::workload& added, flags& given) {
    const std::string name{added.name};
    auto* command = app.add_subcommand(name, std::string(added.about));
    command->add_option("--store", given.wanted.store, "sqlite, memory or postgres://...")
        ->check(CLI::Validator(check_store, "STORE"));
    command->add_option("--folder", given.folder, "Where databases go for a while; its disk is the one that is measured");
    command->add_flag("--json", given.json, "One JSON object");
    command->add_option("--seconds", given.seconds, "Measured time, where the workload is not over by itself")
        ->check(CLI::Range(0.05, 3600.0))
        ->capture_default_str();
    command->add_option("--warm-up", given.warm_up_seconds, "Seconds before")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    command->add_option("--concurrency", given.wanted.concurrency, "What is under way at once")->check(CLI::Range(1, 100'000));
    command->add_option("--count", given.wanted.count, "How many, of whatever the workload is about")
        ->check(CLI::Range(1, 10'000'000));
    command->add_flag("--plain", given.wanted.plain, "Without call sites, and with replays that compare no arguments");
    if (name == "order4")
        command->add_option("--mode", given.wanted.mode, "Where server and worker run")
            ->check(CLI::IsMember({"remote", "embedded"}));
    if (name == "signals")
        command->add_option("--to", given.wanted.target, "How many runs they go to")->check(CLI::IsMember({"one", "many"}));
    if (name != "timers") return;
    command->add_option("--span", given.span_seconds, "Seconds over which they are due")->check(CLI::Range(0.1, 3600.0));
    command->add_option("--rate", given.wanted.beside_per_second, "Orders a second beside; without it as many as can be")
        ->check(CLI::Range(0.0, 100'000.0));
}

void add_suite(CLI::App& command, bench::suite_options& options) {
    command.add_flag("--quick", options.quick, "Shorter, with fewer of everything: for a look, not for a record");
    command.add_option("--only", options.only, "Only these workloads: order4,timers")->delimiter(',');
    command.add_option("--runs", options.runs, "Runs of each; their medians count")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command.add_option("--stores", options.stores, "Only these: sqlite,memory,postgres")
        ->delimiter(',')
        ->check(CLI::IsMember({"sqlite", "memory", "postgres"}));
    command.add_option("--postgres", options.postgres, "Connection string of a PostgreSQL to use; else one is made for a while")
        ->check(
            CLI::Validator([](const std::string& uri) { return bench::is_postgres(uri) ? "" : "give postgres://..."; }, "URI"));
    command.add_option("--folder", options.folder, "Where databases go for a while; its disk is the one that is measured");
    command.add_option("--results", options.results, "Folder for the result as JSON and SVG");
    command.add_option("--baseline", options.baseline, "A result to compare with; a regression ends with status 3")
        ->check(CLI::ExistingFile);
    command
        .add_option("--against", options.against, "The folder of another build's programs, run in turn with these; as --baseline")
        ->check(CLI::ExistingDirectory);
}

}  // namespace

int main(int argc, char** argv) {
    perdure::silence_protobuf_log();
    flags given;
    given.wanted.programs = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    bench::suite_options suite{.programs = given.wanted.programs, .folder = given.folder};
    unsigned jobs = 2;
    std::string form = "all";
    std::string address;

    CLI::App app{"Measures Perdure and the machine it runs on"};
    app.require_subcommand(1);
    auto* all = app.add_subcommand("all", "The limits of this machine, then every workload on every store");
    add_suite(*all, suite);
    for (const bench::workload& one : bench::workloads()) add_workload(app, one, given);
    auto* replay = app.add_subcommand("replay", "How fast a history of 10,000 events is replayed");
    replay->add_option("--form", form, "What the history is read from")->check(CLI::IsMember({"all", "binary", "json"}));
    replay->add_option("--jobs", jobs, "Threads of the second measurement")->check(CLI::Range(1, 1024))->capture_default_str();
    replay->add_option("--seconds", given.seconds, "Measured time")->check(CLI::Range(0.1, 3600.0))->capture_default_str();
    replay->add_flag("--json", given.json, "One JSON object");
    auto* worker = app.add_subcommand("worker", "The worker process of a workload")->group("");
    worker->add_option("--address", address)->required();
    worker->add_flag("--plain", given.wanted.plain);
    CLI11_PARSE(app, argc, argv);

    try {
        if (worker->parsed()) return run_worker(address, given.wanted.plain);
        if (all->parsed()) return bench::run_suite(suite);
        if (replay->parsed()) {
            const auto made = bench::run_replay(from_seconds(given.seconds), jobs, form);
            return print(given.json ? bench::as_json(made) : bench::as_text(made));
        }
        for (const bench::workload& one : bench::workloads())
            if (app.got_subcommand(std::string(one.name))) return run_workload(one, given);
        return EXIT_FAILURE;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "perdure-bench: %s\n", e.what());
        return EXIT_FAILURE;
    }
}
