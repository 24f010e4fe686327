#include "bench/rest/rest_run.hpp"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <perdure/client_async.hpp>
#include <stdexcept>
#include <thread>

#include "bench/load/quantile.hpp"
#include "bench/rest/naps.hpp"
#include "bench/run/server_process.hpp"

namespace perdure::bench {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

constexpr const char* queue = "bench-rest";
constexpr int hours_of_a_year = 365 * 24;
constexpr std::size_t starts_at_once = 256;
// What a start leaves to be done right afterwards is no part of being idle.
constexpr std::chrono::milliseconds settle_time{1'000};

server_place place_of(const rest_options& options, const std::string& database) {
    std::filesystem::create_directories(options.folder);
    return {.programs = options.programs, .folder = options.folder, .database = options.folder + "/" + database};
}

worker_options quiet_worker() {
    // Without a cache the sleeping runs cost this process nothing.
    return {.task_queue = queue,
            .workflow_threads = 1,
            .activity_threads = 1,
            .max_workflow_tasks = 1'000,
            .max_activities = 1,
            .cache_bytes = 0,
            .least_log_level = log_level::warning};
}

asio::awaitable<void> put_to_sleep(const client& via, std::size_t& next, std::size_t count, std::string& trouble) {
    while (next < count && trouble.empty()) {
        const start_options start{.id = "sleeper-" + std::to_string(next++), .task_queue = queue};
        try {
            (void)co_await via.async_start<LongSleep>(hours_of_a_year, start, asio::use_awaitable);
        } catch (const std::exception& e) {
            trouble = e.what();
        }
    }
}

void start_sleepers(const client& via, std::size_t count) {
    asio::io_context context{1};
    std::size_t next = 0;
    std::string trouble;
    for (std::size_t i = 0; i < std::min(starts_at_once, count); ++i)
        asio::co_spawn(context, put_to_sleep(via, next, count, trouble), asio::detached);
    context.run();
    if (!trouble.empty()) throw std::runtime_error(trouble);
}

long long count_running(const server_process& server) {
    const std::string query = "ExecutionStatus%20%3D%20%22Running%22";
    const auto answer = nlohmann::json::parse(server.get("/api/v1/namespaces/default/workflow-count?query=" + query));
    return std::stoll(answer.value("count", std::string("0")));
}

}  // namespace

idle_report run_idle(const rest_options& options, std::chrono::milliseconds measure) {
    const server_process server(place_of(options, "idle.db"));
    std::this_thread::sleep_for(settle_time);
    const usage before = server.used();
    const long long sleeps = sleeps_of(server.id());
    std::this_thread::sleep_for(measure);
    const usage after = server.used();
    return {.ready_ms = server.ready_ms(),
            .seconds = static_cast<double>(measure.count()) / 1000.0,
            .server_rss_mb = after.rss_mb,
            .server_cpu_ms = after.cpu_ms - before.cpu_ms,
            .wake_ups = sleeps_of(server.id()) - sleeps};
}

timers_report run_timers(const rest_options& options, std::size_t count, std::chrono::milliseconds nap) {
    const server_process server(place_of(options, "timers.db"));
    const client via = client::connect({.target = server.address()});
    std::atomic<std::size_t> asleep = 0;
    worker_options settings = quiet_worker();
    settings.cache_bytes = worker_options{}.cache_bytes;
    worker here(via, settings);
    add_naps(here, asleep);
    here.start();
    const NapPlan plan{.count = static_cast<int>(count), .milliseconds = static_cast<int>(nap.count())};
    const auto run = via.start<Naps>(plan, {.id = "naps", .task_queue = queue});
    std::vector<double> took = run.result();
    return {
        .count = count, .asked_ms = static_cast<int>(nap.count()), .p50_ms = quantile(took, 0.5), .p99_ms = quantile(took, 0.99)};
}

sleepers_report run_sleepers(const rest_options& options, std::size_t count) {
    const server_place place = place_of(options, "sleepers.db");
    sleepers_report report{.count = count};
    {
        server_process server(place);
        std::this_thread::sleep_for(settle_time);
        report.rss_mb_before = server.used().rss_mb;
        const client via = client::connect({.target = server.address()});
        std::atomic<std::size_t> asleep = 0;
        worker here(via, quiet_worker());
        add_naps(here, asleep);
        here.start();
        const auto began = clock::now();
        start_sleepers(via, count);
        while (asleep < count) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        // The last answers are on their way; a worker that stops waits for them.
        here.stop();
        report.starts_per_second = static_cast<double>(count) / std::chrono::duration<double>(clock::now() - began).count();
        report.rss_mb_under_load = server.used().rss_mb;
        server.kill();
    }
    const server_process again(place);
    report.ready_ms = again.ready_ms();
    std::this_thread::sleep_for(settle_time);
    report.rss_mb_after = again.used().rss_mb;
    report.running = count_running(again);
    return report;
}

}  // namespace perdure::bench
