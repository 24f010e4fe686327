#include <perdure/client_async.hpp>
#include <stdexcept>
#include <thread>

#include "bench/load/closed_loop.hpp"
#include "bench/load/quantile.hpp"
#include "bench/stage/worker_settings.hpp"
#include "bench/workflows/alarm.hpp"
#include "bench/workflows/order4.hpp"
#include "bench/workload/errands.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

namespace asio = boost::asio;
using wall = std::chrono::system_clock;
using std::chrono::milliseconds;

constexpr std::size_t alarms_at_once = 256;
// Histories that are read afterwards, to know when each timer was due.
constexpr std::size_t sampled = 2'000;
constexpr const char* alarm_queue = "bench-alarms";
constexpr const char* probe_queue = "bench-probes";
constexpr std::chrono::seconds patience{120};

asio::awaitable<void> set_alarm(const client* via, std::string queue, AlarmPlan plan) {
    const start_options start{.id = queue + "-" + std::to_string(plan.index), .task_queue = queue};
    static_cast<void>(co_await via->async_start<Alarm>(plan, start, asio::use_awaitable));
}

std::int64_t ms_since_1970(wall::time_point time) {
    return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

void wait_for(const std::atomic<std::size_t>& counter, std::size_t wanted, const char* what) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (counter < wanted) {
        if (std::chrono::steady_clock::now() > until)
            throw std::runtime_error(std::to_string(counter) + " of " + std::to_string(wanted) + " timers " + what);
        std::this_thread::sleep_for(milliseconds(5));
    }
}

wall_time time_of(const std::vector<history_line>& history, std::string_view type) {
    for (const history_line& line : history)
        if (line.type == type) return line.time;
    throw std::runtime_error("an alarm's history has no " + std::string(type));
}

// A timer is due its length after the event that started it, which is later than the workflow's request.
void add_lateness(report& to, const client& via, const alarm_records& records) {
    std::vector<double> fired;
    std::vector<double> resumed;
    const std::size_t count = records.resumed.size();
    const std::size_t stride = std::max<std::size_t>(count / sampled, 1);
    for (std::size_t i = 0; i < count; i += stride) {
        const auto history = via.attach<Alarm>(alarm_queue + ("-" + std::to_string(i))).history();
        const auto due = time_of(history, "TimerStarted") + milliseconds(records.asked_ms[i]);
        fired.push_back(std::chrono::duration<double, std::milli>(time_of(history, "TimerFired") - due).count());
        resumed.push_back(std::chrono::duration<double, std::milli>(records.resumed[i] - due).count());
    }
    to.add("lateness_p50_ms", quantile(fired, 0.5));
    to.add("lateness_p99_ms", quantile(fired, 0.99));
    to.add("resumed_p50_ms", quantile(resumed, 0.5));
    to.add("resumed_p99_ms", quantile(resumed, 0.99));
}

// Of all of them, as the server counted: a bucket of its histogram ends at 5 ms.
double within_5_ms(const sample& before, const sample& after, const std::string& stage) {
    const auto growth = [&](const std::string& series) {
        const auto at = [&](const sample& of) {
            const auto found = of.metrics.find(series);
            return found == of.metrics.end() ? 0.0 : found->second;
        };
        return at(after) - at(before);
    };
    const double all = growth("wakeup_latency_count{stage=\"" + stage + "\"}");
    return all > 0 ? 100 * growth("wakeup_latency_bucket{stage=\"" + stage + "\",le=\"0.005\"}") / all : 0;
}

}  // namespace

report run_timers(const settings& wanted) {
    const std::size_t count = or_default(wanted.count, 100'000);
    const std::size_t concurrency = or_default(wanted.concurrency, wanted.beside_per_second > 0 ? 1'000 : 32);
    report made = begin_report("timers", wanted);
    made.parameters["count"] = count;
    made.parameters["span_seconds"] = static_cast<double>(wanted.span.count()) / 1000.0;
    made.parameters["concurrency"] = concurrency;
    if (wanted.beside_per_second > 0) made.parameters["beside_per_second"] = wanted.beside_per_second;
    const auto on_stage = remote_stage(wanted, crew::worker_process);
    const client& via = on_stage->via();

    // How soon they can all be set is not known before some have been.
    const std::size_t probes = std::max<std::size_t>(count / 20, 10);
    alarm_records records(count);
    alarm_records probe_records(probes);
    auto lead = wanted.warm_up;
    {
        worker prober(via, clock_reader(probe_queue));
        add_alarms(prober, probe_records);
        prober.start();
        const auto began = wall::now();
        const auto far = ms_since_1970(began + std::chrono::hours(24));
        static_cast<void>(run_each(probes, alarms_at_once, [&](std::size_t i) {
            return set_alarm(&via, probe_queue, {.index = static_cast<std::int64_t>(i), .due_ms = far});
        }));
        wait_for(probe_records.armed, probes, "were set as a probe");
        prober.stop();
        lead += std::chrono::duration_cast<milliseconds>((wall::now() - began) * 2 * count / probes);
    }
    worker ringer(via, clock_reader(alarm_queue));
    add_alarms(ringer, records);
    ringer.start();
    const auto first_due = wall::now() + lead;
    static_cast<void>(run_each(count, alarms_at_once, [&](std::size_t i) {
        const auto offset = wanted.span * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(count);
        return set_alarm(&via, alarm_queue, {.index = static_cast<std::int64_t>(i), .due_ms = ms_since_1970(first_due + offset)});
    }));
    wait_for(records.armed, count, "were set");
    if (wall::now() > first_due) throw std::runtime_error("the timers took longer to set than was foreseen; run it again");
    std::this_thread::sleep_until(first_due);

    auto [beside, before, after] =
        measure_loop(*on_stage, concurrency, milliseconds(0), wanted.span,
                     order4_errand(via, "beside", std::string(payload_bytes, 'x')), wanted.beside_per_second);
    wait_for(records.rung, count, "rang");
    ringer.stop();
    made.add("finished", static_cast<double>(records.rung.load()));
    add_lateness(made, via, records);
    made.add("fired_within_5_ms", within_5_ms(before, after, "fired"));
    made.add("handed_over_within_5_ms", within_5_ms(before, after, "handed_over"));
    made.add("order4_per_second", static_cast<double>(beside.finished) / beside.seconds);
    made.add("order4_p50_ms", quantile(beside.latencies_ms, 0.5));
    const auto workflows = static_cast<double>(count + beside.finished);
    const double steps = static_cast<double>(count) + steps_of_an_order * static_cast<double>(beside.finished);
    add_spent(made, before, after, count + beside.finished, steps / workflows);
    return made;
}

}  // namespace perdure::bench
