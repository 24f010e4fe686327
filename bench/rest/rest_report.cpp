#include <nlohmann/json.hpp>

#include "bench/format.hpp"
#include "bench/rest/rest_run.hpp"

namespace perdure::bench {

std::string as_json(const idle_report& report) {
    const nlohmann::ordered_json json{{"workload", "idle"},
                                      {"ready_ms", report.ready_ms},
                                      {"seconds", report.seconds},
                                      {"server_rss_mb", report.server_rss_mb},
                                      {"server_cpu_ms", report.server_cpu_ms},
                                      {"wake_ups", report.wake_ups}};
    return json.dump();
}

std::string as_text(const idle_report& report) {
    return "idle: ready after " + rounded(report.ready_ms, 0) + " ms; in " + rounded(report.seconds, 0) + " s " +
           std::to_string(report.wake_ups) + " wake-ups, " + rounded(report.server_cpu_ms, 0) + " ms CPU; server " +
           rounded(report.server_rss_mb, 1) + " MB";
}

std::string as_json(const timers_report& report) {
    const nlohmann::ordered_json json{{"workload", "timers"},
                                      {"count", report.count},
                                      {"asked_ms", report.asked_ms},
                                      {"p50_ms", report.p50_ms},
                                      {"p99_ms", report.p99_ms}};
    return json.dump();
}

std::string as_text(const timers_report& report) {
    return "timers: a sleep of " + std::to_string(report.asked_ms) + " ms took " + rounded(report.p50_ms, 2) + " ms at p50, " +
           rounded(report.p99_ms, 2) + " ms at p99 (" + std::to_string(report.count) + " of them)";
}

std::string as_json(const sleepers_report& report) {
    const nlohmann::ordered_json json{{"workload", "sleepers"},
                                      {"count", report.count},
                                      {"starts_per_second", report.starts_per_second},
                                      {"rss_mb_before", report.rss_mb_before},
                                      {"rss_mb_under_load", report.rss_mb_under_load},
                                      {"restart_ready_ms", report.ready_ms},
                                      {"rss_mb_after_restart", report.rss_mb_after},
                                      {"rss_mb_growth", report.rss_mb_after - report.rss_mb_before},
                                      {"running_after_restart", report.running}};
    return json.dump();
}

std::string as_text(const sleepers_report& report) {
    return "sleepers: " + std::to_string(report.count) + " runs put to sleep for a year at " +
           rounded(report.starts_per_second, 0) + " a second (server " + rounded(report.rss_mb_under_load, 1) +
           " MB then); restarted: ready after " + rounded(report.ready_ms, 0) + " ms, " + std::to_string(report.running) +
           " running, server " + rounded(report.rss_mb_after, 1) + " MB, " +
           rounded(report.rss_mb_after - report.rss_mb_before, 1) + " MB more than without runs";
}

}  // namespace perdure::bench
