#include <array>
#include <chrono>
#include <cstdint>

#include "bench/load/closed_loop.hpp"
#include "bench/load/quantile.hpp"
#include "bench/workflows/order4.hpp"
#include "bench/workload/errands.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

// Of ten customers six order, two write letters, one naps and one fans out.
enum kind : std::uint8_t { ordering, writing, napping, fanning, kinds };
constexpr std::array<kind, 10> turns{ordering, ordering, writing,  ordering, napping,
                                     ordering, writing,  ordering, fanning,  ordering};
constexpr std::array<double, kinds> steps_of_kind{steps_of_an_order, 5, 2, 12};

struct crowd {
    std::array<errand, kinds> of;
    std::array<std::vector<double>, kinds> took_ms{};
};

boost::asio::awaitable<void> take_a_turn(crowd* in, std::size_t number) {
    const kind chosen = turns[number % turns.size()];
    const auto began = std::chrono::steady_clock::now();
    co_await in->of[chosen](number);
    in->took_ms[chosen].push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
}

crowd crowd_of(const client& via, const std::string& prefix) {
    return {.of = {order4_errand(via, prefix + "-order", std::string(payload_bytes, 'x')),
                   letters_errand(via, prefix + "-letters"), nap_errand(via, prefix + "-nap"),
                   fanout_errand(via, prefix + "-fan")}};
}

double mean_steps() {
    double sum = 0;
    for (const kind turn : turns) sum += steps_of_kind[turn];
    return sum / static_cast<double>(turns.size());
}

}  // namespace

report run_mixed(const settings& wanted) {
    const std::size_t concurrency = or_default(wanted.concurrency, 64);
    report made = begin_report("mixed", wanted);
    made.parameters["concurrency"] = concurrency;
    made.parameters["seconds"] = static_cast<double>(wanted.measure.count()) / 1000.0;
    const auto on_stage = remote_stage(wanted, crew::worker_process);
    crowd everybody = crowd_of(on_stage->via(), "mixed");
    auto [done, before, after] = measure_loop(*on_stage, concurrency, wanted.warm_up, wanted.measure,
                                              [&](std::size_t number) { return take_a_turn(&everybody, number); });
    made.add("finished", static_cast<double>(done.finished));
    made.add("workflows_per_second", static_cast<double>(done.finished) / done.seconds);
    made.add("p50_ms", quantile(done.latencies_ms, 0.5));
    made.add("p99_ms", quantile(done.latencies_ms, 0.99));
    // These are of the warm-up too, which does not move a median far.
    made.add("order4_p50_ms", quantile(everybody.took_ms[ordering], 0.5));
    made.add("signals_p50_ms", quantile(everybody.took_ms[writing], 0.5));
    made.add("naps_p50_ms", quantile(everybody.took_ms[napping], 0.5));
    made.add("fanout_p50_ms", quantile(everybody.took_ms[fanning], 0.5));
    add_spent(made, before, after, done.finished, mean_steps());
    return made;
}

}  // namespace perdure::bench
