#include "bench/workflows/order4.hpp"
#include "bench/load/quantile.hpp"
#include "bench/machine/flush.hpp"
#include "bench/workload/errands.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

constexpr std::size_t large_payload = std::size_t{100} * 1024;

void measure_orders(report& into, const settings& wanted, std::size_t concurrency, std::size_t bytes) {
    into.parameters["mode"] = wanted.mode;
    into.parameters["concurrency"] = concurrency;
    into.parameters["seconds"] = static_cast<double>(wanted.measure.count()) / 1000.0;
    into.parameters["payload_bytes"] = bytes;
    const double flush = flush_ms(wanted.folder);
    const auto on_stage = wanted.mode == "embedded" ? embedded_stage(wanted) : remote_stage(wanted, crew::worker_process);
    auto [done, before, after] = measure_loop(*on_stage, concurrency, wanted.warm_up, wanted.measure,
                                              order4_errand(on_stage->via(), "order", std::string(bytes, 'x')));
    into.add("finished", static_cast<double>(done.finished));
    into.add("workflows_per_second", static_cast<double>(done.finished) / done.seconds);
    into.add("p50_ms", quantile(done.latencies_ms, 0.5));
    into.add("p99_ms", quantile(done.latencies_ms, 0.99));
    add_spent(into, before, after, done.finished, steps_of_an_order);
    into.add("flush_ms", flush);
}

}  // namespace

report run_order4(const settings& wanted) {
    report made = begin_report("order4", wanted);
    measure_orders(made, wanted, or_default(wanted.concurrency, 1), payload_bytes);
    return made;
}

report run_payload(const settings& wanted) {
    report made = begin_report("payload", wanted);
    measure_orders(made, wanted, or_default(wanted.concurrency, 16), large_payload);
    return made;
}

}  // namespace perdure::bench
