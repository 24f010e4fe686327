// perdure-bench: what a user would measure, with the machine's own limits measured beside it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <perdure/worker.hpp>

#include "api/proto_log.hpp"
#include "bench/order4.hpp"
#include "bench/replay/replay_run.hpp"
#include "bench/report.hpp"
#include "bench/rest/rest_run.hpp"
#include "bench/run/cast.hpp"

namespace {

namespace bench = perdure::bench;

int run_worker(const std::string& address, bool plain) {
    perdure::worker worker(perdure::client::connect({.target = address}),
                           {.task_queue = bench::task_queue,
                            .workflow_threads = 1,
                            .activity_threads = 1,
                            .max_workflow_tasks = 1000,
                            .max_activities = 1000,
                            .replay_level = plain ? perdure::replay_level::commands : perdure::replay_level::arguments,
                            .record_call_sites = !plain});
    bench::add_order4(worker);
    return worker.run_until_signalled();
}

constexpr std::chrono::milliseconds idle_time{5'000};
constexpr std::chrono::milliseconds nap{10};
constexpr std::size_t naps = 200;
constexpr std::size_t many = 100'000;

bench::rest_options rest_of(const bench::order4_options& options) {
    return {.folder = options.folder, .programs = options.programs};
}

template <class Report>
int print(const Report& report, bool json) {
    std::printf("%s\n", (json ? bench::as_json(report) : bench::as_text(report)).c_str());
    std::fflush(stdout);
    return EXIT_SUCCESS;
}

int run_table(bench::order4_options options) {
    std::vector<bench::order4_report> reports;
    for (const std::size_t concurrency : {1U, 32U, 256U}) {
        options.concurrency = concurrency;
        reports.push_back(bench::run_order4(options));
        print(reports.back(), false);
    }
    print(bench::run_idle(rest_of(options), idle_time), false);
    print(bench::run_timers(rest_of(options), naps, nap), false);
    std::printf("\n%s", bench::comparison(reports).c_str());
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    perdure::silence_protobuf_log();
    bench::order4_options options;
    options.programs = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    double seconds = 10;
    bool json = false;
    std::string address;
    std::string folder = std::filesystem::current_path().string();
    std::size_t count = 0;

    CLI::App app{"Measures Perdure and the machine it runs on"};
    app.require_subcommand(1);
    auto* order4 = app.add_subcommand("order4", "A workflow of four activities in sequence, 100-byte payloads, closed loop");
    order4->add_option("--mode", options.mode, "Where server and worker run")
        ->check(CLI::IsMember({"remote", "embedded"}))
        ->capture_default_str();
    order4->add_option("--store", options.store)->check(CLI::IsMember({"sqlite", "memory"}))->capture_default_str();
    order4->add_option("--concurrency", options.concurrency, "Workflows under way")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    order4->add_flag("--plain", options.plain, "Without call sites, and with replays that compare no arguments");
    auto* table = app.add_subcommand("table", "order4 at 1, 32 and 256, beside the peers' recorded figures; idle; timers");
    auto* idle = app.add_subcommand("idle", "What a server costs that has nothing to do");
    auto* timers = app.add_subcommand("timers", "How late a sleep of 10 ms ends on an idle server");
    auto* sleepers = app.add_subcommand("sleepers", "What workflows cost that sleep for a year, after a restart");
    auto* replay = app.add_subcommand("replay", "How fast a history of 10,000 events is replayed");
    unsigned jobs = 2;
    std::string form = "all";
    replay->add_option("--form", form, "What the history is read from")->check(CLI::IsMember({"all", "binary", "json"}));
    replay->add_option("--jobs", jobs, "Threads of the second measurement")->check(CLI::Range(1, 1024))->capture_default_str();
    timers->add_option("--count", count, "Sleeps, one after the other (200)")->check(CLI::Range(1, 100'000));
    sleepers->add_option("--count", count, "Workflows (100000)")->check(CLI::Range(1, 10'000'000));
    for (CLI::App* command : {order4, table, replay}) {
        command->add_option("--seconds", seconds, "Measured time, after a second of warm-up")
            ->check(CLI::Range(0.1, 3600.0))
            ->capture_default_str();
    }
    for (CLI::App* command : {order4, table, idle, timers, sleepers})
        command->add_option("--folder", folder, "Where the database goes for a while; its disk is the one that is measured");
    for (CLI::App* command : {order4, idle, timers, sleepers, replay}) command->add_flag("--json", json, "One JSON object");
    auto* worker = app.add_subcommand("worker", "The worker process of the remote mode")->group("");
    worker->add_option("--address", address)->required();
    worker->add_flag("--plain", options.plain);
    CLI11_PARSE(app, argc, argv);

    options.measure = std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
    try {
        if (worker->parsed()) return run_worker(address, options.plain);
        // A folder of its own, because it is removed afterwards.
        options.folder = (std::filesystem::absolute(folder) / ("perdure-bench-" + std::to_string(::getpid()))).string();
        int status = EXIT_SUCCESS;
        if (table->parsed()) status = run_table(options);
        if (order4->parsed()) status = print(bench::run_order4(options), json);
        if (idle->parsed()) status = print(bench::run_idle(rest_of(options), idle_time), json);
        if (timers->parsed()) status = print(bench::run_timers(rest_of(options), count > 0 ? count : naps, nap), json);
        if (sleepers->parsed()) status = print(bench::run_sleepers(rest_of(options), count > 0 ? count : many), json);
        if (replay->parsed()) status = print(bench::run_replay(options.measure, jobs, form), json);
        std::filesystem::remove_all(options.folder);
        return status;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "perdure-bench: %s\n", e.what());
        return EXIT_FAILURE;
    }
}
