#include "bench/load/closed_loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <string>

namespace perdure::bench {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

struct course {
    const errand& work;
    std::function<bool()> goes_on;
    clock::time_point until;
    std::size_t begun = 0;
    loop_result result{};
    std::string first_error{};
};

asio::awaitable<void> customer(course& on) {
    while (on.first_error.empty() && on.goes_on()) {
        const auto begin = clock::now();
        try {
            co_await on.work(on.begun++);
        } catch (const std::exception& e) {
            if (on.first_error.empty()) on.first_error = e.what();
            co_return;
        }
        const auto end = clock::now();
        ++on.result.completed;
        if (end > on.until) continue;
        ++on.result.finished;
        on.result.latencies_ms.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
    }
}

loop_result walk(course& on, std::size_t concurrency) {
    asio::io_context context{1};
    const auto began = clock::now();
    for (std::size_t i = 0; i < concurrency; ++i) asio::co_spawn(context, customer(on), asio::detached);
    context.run();
    if (!on.first_error.empty()) throw std::runtime_error(on.first_error);
    on.result.seconds = std::chrono::duration<double>(std::min(clock::now(), on.until) - began).count();
    return std::move(on.result);
}

}  // namespace

loop_result closed_loop(std::size_t concurrency, std::chrono::milliseconds measure, const errand& work) {
    const auto until = clock::now() + measure;
    course on{.work = work, .goes_on = [until] { return clock::now() < until; }, .until = until};
    return walk(on, concurrency);
}

loop_result run_each(std::size_t count, std::size_t concurrency, const errand& work) {
    course on{.work = work, .goes_on = {}, .until = clock::time_point::max()};
    on.goes_on = [&on, count] { return on.begun < count; };
    return walk(on, std::min(count, concurrency));
}

}  // namespace perdure::bench
