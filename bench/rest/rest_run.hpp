#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace perdure::bench {

/// What a server costs while it has nothing to do, or next to nothing.
struct rest_options {
    std::string folder;    ///< where the database goes
    std::string programs;  ///< where `perdure` is
};

struct idle_report {
    double ready_ms = 0;  ///< from the start of the process, with a new database
    double seconds = 0;
    double server_rss_mb = 0;
    double server_cpu_ms = 0;  ///< in these seconds
    long long wake_ups = 0;    ///< of all its threads, in these seconds
};
[[nodiscard]] idle_report run_idle(const rest_options& options, std::chrono::milliseconds measure);

struct timers_report {
    std::size_t count = 0;
    int asked_ms = 0;
    double p50_ms = 0;  ///< from the workflow's request to its next step
    double p99_ms = 0;
};
/// One workflow that sleeps again and again, on an otherwise idle server.
[[nodiscard]] timers_report run_timers(const rest_options& options, std::size_t count, std::chrono::milliseconds nap);

struct sleepers_report {
    std::size_t count = 0;
    double starts_per_second = 0;
    double rss_mb_before = 0;      ///< of a server without runs, just started
    double rss_mb_under_load = 0;  ///< of the server that took them all
    double ready_ms = 0;           ///< of the restart, after SIGKILL
    double rss_mb_after = 0;       ///< of the restarted server
    long long running = 0;         ///< as the restarted server counts them
};
/// Many workflows that sleep for a year, and a restart.
[[nodiscard]] sleepers_report run_sleepers(const rest_options& options, std::size_t count);

[[nodiscard]] std::string as_json(const idle_report& report);
[[nodiscard]] std::string as_text(const idle_report& report);
[[nodiscard]] std::string as_json(const timers_report& report);
[[nodiscard]] std::string as_text(const timers_report& report);
[[nodiscard]] std::string as_json(const sleepers_report& report);
[[nodiscard]] std::string as_text(const sleepers_report& report);

}  // namespace perdure::bench
