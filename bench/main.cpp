// perdure-bench: what a user would measure, with the machine's own limits measured beside it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <perdure/worker.hpp>

#include "api/proto_log.hpp"
#include "bench/order4.hpp"
#include "bench/report.hpp"
#include "bench/run/cast.hpp"

namespace {

namespace bench = perdure::bench;

int run_worker(const std::string& address) {
    perdure::worker worker(perdure::client::connect({.target = address}), {.task_queue = bench::task_queue,
                                                                           .workflow_threads = 1,
                                                                           .activity_threads = 1,
                                                                           .max_workflow_tasks = 1000,
                                                                           .max_activities = 1000});
    bench::add_order4(worker);
    return worker.run_until_signalled();
}

int run_once(const bench::order4_options& options, bool json) {
    const auto report = bench::run_order4(options);
    std::printf("%s\n", (json ? bench::as_json(report) : bench::as_text(report)).c_str());
    return EXIT_SUCCESS;
}

int run_table(bench::order4_options options) {
    std::vector<bench::order4_report> reports;
    for (const std::size_t concurrency : {1U, 32U, 256U}) {
        options.concurrency = concurrency;
        reports.push_back(bench::run_order4(options));
        std::printf("%s\n", bench::as_text(reports.back()).c_str());
        std::fflush(stdout);
    }
    std::printf("\n%s", bench::comparison(reports).c_str());
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    perdure::silence_protobuf_log();
    bench::order4_options options;
    options.programs = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    options.folder = (std::filesystem::current_path() / ("perdure-bench-" + std::to_string(::getpid()))).string();
    double seconds = 10;
    bool json = false;
    std::string address;

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
    order4->add_flag("--json", json, "One JSON object");
    auto* table = app.add_subcommand("table", "order4 at 1, 32 and 256, beside the peers' recorded figures");
    for (CLI::App* command : {order4, table}) {
        command->add_option("--seconds", seconds, "Measured time, after a second of warm-up")
            ->check(CLI::Range(0.1, 3600.0))
            ->capture_default_str();
        command->add_option("--folder", options.folder, "Where the database goes; its disk is the one that is measured");
    }
    auto* worker = app.add_subcommand("worker", "The worker process of the remote mode")->group("");
    worker->add_option("--address", address)->required();
    CLI11_PARSE(app, argc, argv);

    options.measure = std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
    try {
        if (worker->parsed()) return run_worker(address);
        const int status = table->parsed() ? run_table(options) : run_once(options, json);
        std::filesystem::remove_all(options.folder);
        return status;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "perdure-bench: %s\n", e.what());
        return EXIT_FAILURE;
    }
}
