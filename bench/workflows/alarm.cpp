#include "bench/workflows/alarm.hpp"

#include <perdure/workflow.hpp>

namespace perdure::bench {
namespace {

// A measurement and no example: what a workflow does must not depend on a real clock or on memory of its own.
alarm_records* kept = nullptr;

task<void> alarm(context ctx, AlarmPlan plan) {
    const auto index = static_cast<std::size_t>(plan.index);
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(ctx.now().time_since_epoch());
    kept->asked_ms[index] = plan.due_ms - now.count();
    ++kept->armed;
    co_await ctx.sleep(std::chrono::milliseconds(kept->asked_ms[index]));
    kept->resumed[index] = std::chrono::system_clock::now();
    ++kept->rung;
}

task<void> nap(context ctx, int milliseconds) { co_await ctx.sleep(std::chrono::milliseconds(milliseconds)); }

constexpr auto alarm_definition = define_function<Alarm>(&alarm);
constexpr auto nap_definition = define_function<Nap>(&nap);

}  // namespace

void add_alarms(worker& to, alarm_records& records) {
    kept = &records;
    to.add_workflow(alarm_definition);
}

void add_nap(worker& to) { to.add_workflow(nap_definition); }

}  // namespace perdure::bench
