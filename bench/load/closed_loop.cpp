#include "bench/load/closed_loop.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <perdure/client_async.hpp>

#include "bench/order4.hpp"

namespace perdure::bench {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

struct course {
    const client& via;
    const load_options& options;
    clock::time_point measure_from;
    clock::time_point measure_until;
    std::size_t started = 0;
    load_result result;
};

asio::awaitable<void> customer(course& on) {
    const std::string input(payload_bytes, 'x');
    while (clock::now() < on.measure_until && on.result.first_error.empty()) {
        const auto begin = clock::now();
        try {
            const start_options start{.id = on.options.id_prefix + "-" + std::to_string(on.started++),
                                      .task_queue = on.options.task_queue};
            const auto run = co_await on.via.async_start<Order4>(input, start, asio::use_awaitable);
            const std::string output = co_await run.async_result(asio::use_awaitable);
            if (output != input) on.result.first_error = "a workflow returned something else than it was given";
        } catch (const std::exception& e) {
            on.result.first_error = e.what();
        }
        const auto end = clock::now();
        if (end < on.measure_from || end > on.measure_until) continue;
        ++on.result.finished;
        on.result.latencies_ms.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
    }
}

}  // namespace

load_result closed_loop(const client& via, const load_options& options) {
    asio::io_context context{1};
    const auto from = clock::now() + options.warm_up;
    course on{.via = via,
              .options = options,
              .measure_from = from,
              .measure_until = from + options.measure,
              .started = 0,
              .result = {}};
    for (std::size_t i = 0; i < options.concurrency; ++i) asio::co_spawn(context, customer(on), asio::detached);
    context.run();
    on.result.measured = options.measure;
    return on.result;
}

}  // namespace perdure::bench
