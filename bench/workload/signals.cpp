#include <perdure/client_async.hpp>
#include <stdexcept>
#include <vector>

#include "bench/load/closed_loop.hpp"
#include "bench/load/quantile.hpp"
#include "bench/workflows/inbox.hpp"
#include "bench/workload/errands.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

using clock = std::chrono::steady_clock;
using inbox_run = run_handle<InboxFlow>;

boost::asio::awaitable<void> write_to(const inbox_run* to) {
    co_await to->async_signal(InboxFlow::letter, std::string(100, 'x'), boost::asio::use_awaitable);
}

}  // namespace

report run_signals(const settings& wanted) {
    const std::size_t runs = wanted.target == "one" ? 1 : 100;
    const std::size_t to_each = std::max<std::size_t>(or_default(wanted.count, 5'000) / runs, 1);
    const std::size_t concurrency = or_default(wanted.concurrency, 32);
    report made = begin_report("signals", wanted);
    made.parameters["to"] = wanted.target;
    made.parameters["count"] = to_each * runs;
    made.parameters["concurrency"] = concurrency;
    const auto on_stage = remote_stage(wanted, crew::worker_process);
    static_cast<void>(closed_loop(concurrency, {.measure = wanted.warm_up}, letters_errand(on_stage->via(), "warm")));

    std::vector<inbox_run> inboxes;
    for (std::size_t i = 0; i < runs; ++i)
        inboxes.push_back(on_stage->via().start<InboxFlow>(static_cast<int>(to_each), start_of("inbox", i)));
    const sample before = on_stage->look();
    const auto began = clock::now();
    loop_result done =
        run_each(to_each * runs, concurrency, [&](std::size_t number) { return write_to(&inboxes[number % runs]); });
    for (const inbox_run& inbox : inboxes)
        if (inbox.result() != static_cast<int>(to_each)) throw std::runtime_error("an inbox lost letters");
    const double seconds = std::chrono::duration<double>(clock::now() - began).count();
    const sample after = on_stage->look();
    made.add("finished", static_cast<double>(done.finished));
    made.add("signals_per_second", static_cast<double>(done.finished) / seconds);
    made.add("p50_ms", quantile(done.latencies_ms, 0.5));
    made.add("p99_ms", quantile(done.latencies_ms, 0.99));
    add_spent(made, before, after, runs, static_cast<double>(to_each) + 1);
    return made;
}

}  // namespace perdure::bench
