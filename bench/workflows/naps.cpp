#include "bench/workflows/naps.hpp"

#include <chrono>
#include <perdure/workflow.hpp>

namespace perdure::bench {
namespace {

using clock = std::chrono::steady_clock;

// A measurement and no example: what a workflow does must not depend on a real clock or a counter. These are never replayed.
std::atomic<std::size_t>* sleeping = nullptr;

task<std::vector<double>> naps(context ctx, NapPlan plan) {
    std::vector<double> took;
    for (int i = 0; i < plan.count; ++i) {
        const auto asked = clock::now();
        co_await ctx.sleep(std::chrono::milliseconds(plan.milliseconds));
        took.push_back(std::chrono::duration<double, std::milli>(clock::now() - asked).count());
    }
    co_return took;
}

task<void> long_sleep(context ctx, int hours) {
    ++*sleeping;
    co_await ctx.sleep(std::chrono::hours(hours));
}

constexpr auto naps_definition = define_function<Naps>(&naps);
constexpr auto long_sleep_definition = define_function<LongSleep>(&long_sleep);

}  // namespace

void add_naps(worker& to, std::atomic<std::size_t>& asleep) {
    sleeping = &asleep;
    to.add_workflow(naps_definition);
    to.add_workflow(long_sleep_definition);
}

}  // namespace perdure::bench
