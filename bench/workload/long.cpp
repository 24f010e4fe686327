#include <algorithm>
#include <atomic>
#include <perdure/worker.hpp>
#include <stdexcept>
#include <vector>

#include "bench/stage/worker_settings.hpp"
#include "bench/workflows/march.hpp"
#include "bench/workload/errands.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t events_a_step = 6;
// The first step begins with the start of the run, and what follows the eleventh event is like all others.
constexpr std::size_t skipped = 2;
constexpr std::size_t window_of_time = 100;
// Wider, because a database moves pages from its log in gulps.
constexpr std::size_t window_of_bytes = 500;

struct moment {
    clock::time_point at;
    double written = 0;
};

double us_between(const moment& first, const moment& last, std::size_t steps) {
    return std::chrono::duration<double, std::micro>(last.at - first.at).count() / static_cast<double>(steps);
}

double bytes_between(const moment& first, const moment& last, std::size_t steps) {
    return (last.written - first.written) / static_cast<double>(steps);
}

// The steps at whose ends is looked.
struct windows {
    explicit windows(std::size_t length)
        : last(length - 1), times(std::min(window_of_time, last / 3)), bytes(std::min(window_of_bytes, last / 3)) {}

    [[nodiscard]] bool bounds_bytes(std::size_t step) const {
        return step == skipped || step == skipped + bytes || step == last - bytes || step == last;
    }

    std::size_t last;
    std::size_t times;
    std::size_t bytes;
};

void add_ends(report& to, const std::vector<moment>& steps) {
    const windows at(steps.size());
    const double first_us = us_between(steps[skipped], steps[skipped + at.times], at.times);
    const double last_us = us_between(steps[at.last - at.times], steps[at.last], at.times);
    to.add("first_step_us", first_us);
    to.add("last_step_us", last_us);
    to.add("last_over_first", last_us / first_us);
    if (to.store == "memory") return;
    const double first_bytes = bytes_between(steps[skipped], steps[skipped + at.bytes], at.bytes);
    const double last_bytes = bytes_between(steps[at.last - at.bytes], steps[at.last], at.bytes);
    to.add("first_step_bytes", first_bytes);
    to.add("last_step_bytes", last_bytes);
    if (first_bytes > 0) to.add("bytes_last_over_first", last_bytes / first_bytes);
}

}  // namespace

report run_long(const settings& wanted) {
    const std::size_t events = or_default(wanted.count, 10'000);
    const std::size_t length = events / events_a_step;
    if (length < 2 * events_a_step) throw std::runtime_error("a long run has 72 events at least; ask for more with --count");
    report made = begin_report("long", wanted);
    made.parameters["events"] = length * events_a_step;
    const auto on_stage = remote_stage(wanted, crew::none);
    std::vector<moment> steps(length);
    const windows bounds(length);
    std::atomic<bool> measuring = false;
    worker here(on_stage->via(), busy_worker(wanted.plain));
    add_march(here, [&](int number) {
        if (!measuring) return;
        const auto step = static_cast<std::size_t>(number);
        steps[step].at = clock::now();
        if (bounds.bounds_bytes(step)) steps[step].written = on_stage->written_bytes();
    });
    here.start();
    const auto march = [&](std::size_t number) {
        const auto run = on_stage->via().start<March>(static_cast<int>(length), start_of("march", number));
        if (run.result() != static_cast<int>(length)) throw std::runtime_error("a march lost steps");
    };
    march(0);
    measuring = true;
    const sample before = on_stage->look();
    const auto began = clock::now();
    march(1);
    const double seconds = std::chrono::duration<double>(clock::now() - began).count();
    const sample after = on_stage->look();
    here.stop();
    made.add("finished", 1);
    made.add("steps_per_second", static_cast<double>(length) / seconds);
    add_ends(made, steps);
    add_spent(made, before, after, 1, static_cast<double>(length) + 2);
    return made;
}

}  // namespace perdure::bench
