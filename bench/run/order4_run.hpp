#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace perdure::bench {

/// One measurement of order4.
struct order4_options {
    std::string mode = "remote";   ///< "remote": server and worker in processes of their own; "embedded": all in this one
    std::string store = "sqlite";  ///< "sqlite" or "memory"
    bool plain = false;            ///< no call sites, replays compare as Temporal's do
    std::size_t concurrency = 1;
    std::chrono::milliseconds warm_up{1000};
    std::chrono::milliseconds measure{10'000};
    std::string folder;    ///< where the database goes; the flush is measured there too
    std::string programs;  ///< where `perdure` is
};

struct order4_report {
    order4_options options;
    double workflows_per_second = 0;
    double p50_ms = 0;
    double p99_ms = 0;
    double cpu_ms_per_workflow = 0;  ///< of all processes
    double server_cpu_ms = 0;        ///< a workflow; 0 in embedded mode, where the parts share a process
    double worker_cpu_ms = 0;
    double client_cpu_ms = 0;
    double server_rss_mb = 0;
    double flush_ms = 0;
};

/// Throws std::runtime_error when something does not come up or a workflow fails.
order4_report run_order4(const order4_options& options);

}  // namespace perdure::bench
