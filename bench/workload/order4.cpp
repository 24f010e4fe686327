#include <perdure/client_async.hpp>
#include <stdexcept>

#include "bench/load/closed_loop.hpp"
#include "bench/load/quantile.hpp"
#include "bench/machine/flush.hpp"
#include "bench/workflows/order4.hpp"
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
    const std::string input(bytes, 'x');
    static_cast<void>(closed_loop(concurrency, wanted.warm_up, order4_errand(on_stage->via(), "warm", input)));

    const sample before = on_stage->look();
    loop_result done = closed_loop(concurrency, wanted.measure, order4_errand(on_stage->via(), "measured", input));
    const sample after = on_stage->look();
    if (done.finished == 0) throw std::runtime_error("no workflow finished within the measured time; measure for longer");
    into.add("finished", static_cast<double>(done.finished));
    into.add("workflows_per_second", static_cast<double>(done.finished) / done.seconds);
    into.add("p50_ms", quantile(done.latencies_ms, 0.5));
    into.add("p99_ms", quantile(done.latencies_ms, 0.99));
    add_spent(into, before, after, done.completed, steps_of_an_order);
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
