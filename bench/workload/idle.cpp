#include <filesystem>
#include <thread>

#include "bench/machine/postgres.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/sleepers.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

// What a start leaves to be done right afterwards is no part of being idle.
constexpr std::chrono::milliseconds settle_time{1'000};
constexpr double bytes_of_a_mb = 1024.0 * 1024.0;

double size_of_database(const settings& wanted) {
    if (is_postgres(wanted.store))
        return std::stod(postgres_link(wanted.store).ask("SELECT pg_database_size(current_database())"));
    double sum = 0;
    for (const auto& entry : std::filesystem::directory_iterator(wanted.folder))
        if (entry.path().string().starts_with(database_file(wanted.folder))) sum += static_cast<double>(entry.file_size());
    return sum;
}

void add_rest(report& to, const server_process& server, std::chrono::milliseconds measure) {
    const double seconds = static_cast<double>(measure.count()) / 1000.0;
    const usage before = server.used();
    const long long sleeps = sleeps_of(server.id());
    std::this_thread::sleep_for(measure);
    const usage after = server.used();
    to.add("idle_rss_mb", after.rss_mb);
    to.add("idle_cpu_ms_per_second", (after.cpu_ms - before.cpu_ms) / seconds);
    to.add("idle_wake_ups_per_second", static_cast<double>(sleeps_of(server.id()) - sleeps) / seconds);
}

}  // namespace

report run_idle(const settings& wanted) {
    const std::size_t count = or_default(wanted.count, 100'000);
    report made = begin_report("idle", wanted);
    made.parameters["count"] = count;
    const server_place place{.programs = wanted.programs, .folder = wanted.folder, .store = wanted.store};
    double idle_rss_mb = 0;
    double empty_bytes = 0;
    double busy_rss_mb = 0;
    {
        server_process server(place);
        std::this_thread::sleep_for(settle_time);
        add_rest(made, server, wanted.measure);
        idle_rss_mb = server.used().rss_mb;
        empty_bytes = size_of_database(wanted);
        put_to_sleep(client::connect({.target = server.address()}), count);
        busy_rss_mb = server.used().rss_mb;
        // An orderly stop: what a log holds is moved to where it stays.
        if (wanted.store != "memory") server.stop();
    }
    double waiting_rss_mb = busy_rss_mb;
    if (wanted.store != "memory") {
        const server_process again(place);
        std::this_thread::sleep_for(settle_time);
        waiting_rss_mb = again.used().rss_mb;
        made.add("open_runs", count_running(again));
        made.add("disk_bytes_per_run", (size_of_database(wanted) - empty_bytes) / static_cast<double>(count));
    }
    made.add("waiting_rss_mb", waiting_rss_mb);
    made.add("memory_bytes_per_run", (waiting_rss_mb - idle_rss_mb) * bytes_of_a_mb / static_cast<double>(count));
    return made;
}

}  // namespace perdure::bench
