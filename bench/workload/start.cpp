#include <perdure/client_async.hpp>

#include "bench/load/closed_loop.hpp"
#include "bench/load/quantile.hpp"
#include "bench/workflows/order4.hpp"
#include "bench/workload/errands.hpp"
#include "bench/workload/measuring.hpp"
#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

boost::asio::awaitable<void> start_one(const client* via, start_options start, const std::string* input) {
    static_cast<void>(co_await via->async_start<Order4>(*input, start, boost::asio::use_awaitable));
}

}  // namespace

report run_start(const settings& wanted) {
    const std::size_t count = or_default(wanted.count, 20'000);
    const std::size_t concurrency = or_default(wanted.concurrency, 256);
    report made = begin_report("start", wanted);
    made.parameters["count"] = count;
    made.parameters["concurrency"] = concurrency;
    const auto on_stage = remote_stage(wanted, crew::none);
    const std::string input(payload_bytes, 'x');
    const auto starts_of = [&](const std::string& prefix) -> errand {
        return [&via = on_stage->via(), &input, prefix](std::size_t number) {
            return start_one(&via, start_of(prefix, number), &input);
        };
    };
    static_cast<void>(run_each(count / 10, concurrency, starts_of("warm")));
    const sample before = on_stage->look();
    loop_result done = run_each(count, concurrency, starts_of("measured"));
    const sample after = on_stage->look();
    made.add("finished", static_cast<double>(done.finished));
    made.add("starts_per_second", static_cast<double>(done.finished) / done.seconds);
    made.add("p50_ms", quantile(done.latencies_ms, 0.5));
    made.add("p99_ms", quantile(done.latencies_ms, 0.99));
    add_spent(made, before, after, done.finished, 1);
    return made;
}

}  // namespace perdure::bench
