#include "bench/workflows/fanout.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <vector>

#include "bench/load/quantile.hpp"
#include "bench/workload/errands.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

using clock = std::chrono::steady_clock;

}  // namespace

report run_fanout(const settings& wanted) {
    constexpr std::size_t rounds = 5;
    const std::size_t width = or_default(wanted.count, 1'000);
    report made = begin_report("fanout", wanted);
    made.parameters["activities"] = width;
    made.parameters["rounds"] = rounds;
    const auto on_stage = remote_stage(wanted, crew::worker_process);
    const auto play = [&](const std::string& prefix, std::size_t number) {
        const auto began = clock::now();
        const auto run = on_stage->via().start<Fanout>(static_cast<int>(width), start_of(prefix, number));
        if (run.result() != static_cast<int>(width)) throw std::runtime_error("fanout lost activities");
        return std::chrono::duration<double, std::milli>(clock::now() - began).count();
    };
    static_cast<void>(play("warm", 0));
    const sample before = on_stage->look();
    std::vector<double> took;
    for (std::size_t i = 0; i < rounds; ++i) took.push_back(play("measured", i));
    const sample after = on_stage->look();
    made.add("finished", rounds);
    made.add("p50_ms", quantile(took, 0.5));
    made.add("activities_per_second", static_cast<double>(width) * 1000.0 / quantile(took, 0.5));
    add_spent(made, before, after, rounds, static_cast<double>(width) + 2);
    return made;
}

}  // namespace perdure::bench
