#include "bench/run/order4_run.hpp"

#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "bench/load/closed_loop.hpp"
#include "bench/load/quantile.hpp"
#include "bench/machine/flush.hpp"
#include "bench/run/cast.hpp"

namespace perdure::bench {

order4_report run_order4(const order4_options& options) {
    std::filesystem::create_directories(options.folder);
    order4_report report{.options = options};
    report.flush_ms = flush_ms(options.folder);
    const auto on_stage = options.mode == "embedded" ? embedded_cast(options) : remote_cast(options);

    load_options load{.concurrency = options.concurrency, .warm_up = {}, .measure = options.warm_up, .task_queue = task_queue};
    if (const load_result warm = closed_loop(on_stage->via(), load); !warm.first_error.empty())
        throw std::runtime_error(warm.first_error);

    const usage server = on_stage->server();
    const usage worker = on_stage->worker();
    const usage self = usage_of(::getpid());
    load.measure = options.measure;
    load.id_prefix = "measured";
    load_result result = closed_loop(on_stage->via(), load);
    if (!result.first_error.empty()) throw std::runtime_error(result.first_error);
    if (result.finished == 0) throw std::runtime_error("no workflow finished within the measured time");

    const auto each = static_cast<double>(result.finished);
    report.workflows_per_second = each * 1000.0 / result.measured.count();
    report.p50_ms = quantile(result.latencies_ms, 0.5);
    report.p99_ms = quantile(result.latencies_ms, 0.99);
    report.server_cpu_ms = (on_stage->server().cpu_ms - server.cpu_ms) / each;
    report.worker_cpu_ms = (on_stage->worker().cpu_ms - worker.cpu_ms) / each;
    report.client_cpu_ms = (usage_of(::getpid()).cpu_ms - self.cpu_ms) / each;
    report.cpu_ms_per_workflow = report.server_cpu_ms + report.worker_cpu_ms + report.client_cpu_ms;
    report.server_rss_mb = options.mode == "embedded" ? usage_of(::getpid()).rss_mb : on_stage->server().rss_mb;
    return report;
}

}  // namespace perdure::bench
