#include "bench/workflows/naps.hpp"

#include "bench/load/quantile.hpp"
#include "bench/stage/worker_settings.hpp"
#include "bench/workload/errands.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {

report run_naps(const settings& wanted) {
    constexpr int length_ms = 10;
    const std::size_t count = or_default(wanted.count, 200);
    report made = begin_report("naps", wanted);
    made.parameters["count"] = count;
    const auto on_stage = remote_stage(wanted, crew::none);
    std::atomic<std::size_t> asleep = 0;
    worker here(on_stage->via(), clock_reader(task_queue));
    add_naps(here, asleep);
    here.start();
    const NapPlan plan{.count = static_cast<int>(count), .milliseconds = length_ms};
    std::vector<double> took = on_stage->via().start<Naps>(plan, start_of("naps", 0)).result();
    made.add("finished", static_cast<double>(took.size()));
    made.add("p50_ms", quantile(took, 0.5));
    made.add("p99_ms", quantile(took, 0.99));
    return made;
}

}  // namespace perdure::bench
