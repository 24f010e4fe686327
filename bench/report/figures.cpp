#include "bench/report/figures.hpp"

#include <array>

namespace perdure::bench {
namespace {

using enum better;

constexpr std::array catalogue{
    figure_definition{"flush_ms", "ms", neither, "appending 4 KiB and waiting for the disk, median"},
    figure_definition{"loopback_ms", "ms", neither, "100 bytes there and back by TCP on 127.0.0.1, median"},
    figure_definition{"sqlite_rows_at_1", "1/s", neither, "rows SQLite makes durable, 1 a transaction"},
    figure_definition{"sqlite_rows_at_16", "1/s", neither, "the same, 16 a transaction"},
    figure_definition{"sqlite_rows_at_64", "1/s", neither, "the same, 64 a transaction"},
    figure_definition{"sqlite_rows_at_256", "1/s", neither, "the same, 256 a transaction"},
    figure_definition{"postgres_rows_at_1", "1/s", neither, "rows PostgreSQL makes durable, 1 a transaction"},
    figure_definition{"postgres_rows_at_16", "1/s", neither, "the same, 16 a transaction"},
    figure_definition{"postgres_rows_at_64", "1/s", neither, "the same, 64 a transaction"},
    figure_definition{"postgres_rows_at_256", "1/s", neither, "the same, 256 a transaction"},

    figure_definition{"finished", "", neither, "what ended within the measured time, or all of it where a number was asked for"},
    figure_definition{"workflows_per_second", "1/s", higher, "workflows finished"},
    figure_definition{"starts_per_second", "1/s", higher, "starts answered"},
    figure_definition{"signals_per_second", "1/s", higher, "signals, from the first call until the workflows had all of them"},
    figure_definition{"activities_per_second", "1/s", higher, "activities finished"},
    figure_definition{"steps_per_second", "1/s", higher, "steps of the one run"},
    figure_definition{"p50_ms", "ms", lower, "what one took, median"},
    figure_definition{"p99_ms", "ms", lower, "what one took, 99th percentile"},

    figure_definition{"cpu_ms_per_workflow", "ms", lower, "CPU of all processes, those of PostgreSQL included"},
    figure_definition{"server_cpu_ms", "ms", neither, "the server's part of it"},
    figure_definition{"worker_cpu_ms", "ms", neither, "the worker's part"},
    figure_definition{"client_cpu_ms", "ms", neither, "the part of the process that measures"},
    figure_definition{"database_cpu_ms", "ms", neither, "PostgreSQL's part"},
    figure_definition{"server_rss_mb", "MB", lower, "resident memory of the server at the end"},
    figure_definition{"flushes_per_workflow", "", lower, "commits of the store"},
    figure_definition{"flushes_per_step", "", lower, "commits over steps: an answer to the start, each activity, the result"},
    figure_definition{"transitions_per_workflow", "", neither, "records written to the journal"},
    figure_definition{"batch_size", "", neither, "records in a commit, mean"},
    figure_definition{"bytes_written_per_step", "B", lower, "what the kernel counts as written to disk"},

    figure_definition{"lateness_p50_ms", "ms", lower, "from a timer's due time to its event, median"},
    figure_definition{"lateness_p99_ms", "ms", lower, "the same, 99th percentile"},
    figure_definition{"resumed_p50_ms", "ms", lower, "from a timer's due time to the workflow's next step, median"},
    figure_definition{"resumed_p99_ms", "ms", lower, "the same, 99th percentile"},
    figure_definition{"fired_within_5_ms", "%", higher, "timers whose event was at most 5 ms late, of all"},
    figure_definition{"handed_over_within_5_ms", "%", higher, "timers whose workflow task was, of all"},
    figure_definition{"order4_per_second", "1/s", higher, "order4 workflows finished beside"},
    figure_definition{"order4_p50_ms", "ms", lower, "what one of them took, median"},
    figure_definition{"signals_p50_ms", "ms", lower, "what a run with three signals took, median"},
    figure_definition{"naps_p50_ms", "ms", lower, "what a run with a timer of 50 ms took, median"},
    figure_definition{"fanout_p50_ms", "ms", lower, "what a run with ten parallel activities took, median"},

    figure_definition{"first_step_us", "us", lower, "a step at the beginning of the run, mean"},
    figure_definition{"last_step_us", "us", lower, "a step at its end, mean"},
    figure_definition{"last_over_first", "", lower, "the second over the first"},
    figure_definition{"first_step_bytes", "B", lower, "bytes written a step at the beginning"},
    figure_definition{"last_step_bytes", "B", lower, "bytes written a step at the end"},
    figure_definition{"bytes_last_over_first", "", lower, "the second over the first"},

    figure_definition{"ready_ms", "ms", lower, "from the start of the server's process until it says that it is ready"},
    figure_definition{"step_ms", "ms", lower, "from the start of the server's process until a run that was open has ended"},
    figure_definition{"open_runs", "", neither, "runs that the restarted server counts as open"},
    figure_definition{"idle_rss_mb", "MB", lower, "memory of a server without runs"},
    figure_definition{"idle_cpu_ms_per_second", "ms/s", lower, "its CPU"},
    figure_definition{"idle_wake_ups_per_second", "1/s", lower, "how often one of its threads woke up"},
    figure_definition{"waiting_rss_mb", "MB", lower, "memory of a restarted server, all runs waiting"},
    figure_definition{"memory_bytes_per_run", "B", lower, "what that is more than without runs, a run"},
    figure_definition{"disk_bytes_per_run", "B", lower, "growth of the database, a run"},
};

}  // namespace

std::span<const figure_definition> figure_catalogue() noexcept { return catalogue; }

const figure_definition* find_figure(std::string_view name) noexcept {
    for (const figure_definition& one : catalogue)
        if (one.name == name) return &one;
    return nullptr;
}

}  // namespace perdure::bench
