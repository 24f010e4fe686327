#include "bench/load/closed_loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <stdexcept>
#include <string>

namespace perdure::bench {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

struct course {
    const errand& work;
    std::function<bool()> goes_on{};
    std::chrono::duration<double> pace{0};
    bool measures = false;
    std::size_t begun = 0;
    loop_result result{};
    std::string first_error{};
};

asio::awaitable<void> customer(course& on, clock::time_point opens) {
    asio::steady_timer turn(co_await asio::this_coro::executor);
    while (on.first_error.empty() && on.goes_on()) {
        const std::size_t number = on.begun++;
        auto begin = clock::now();
        if (on.pace.count() > 0) {
            begin = opens + std::chrono::duration_cast<clock::duration>(on.pace * static_cast<double>(number));
            turn.expires_at(begin);
            co_await turn.async_wait(asio::use_awaitable);
            if (!on.goes_on()) co_return;
        }
        try {
            co_await on.work(number);
        } catch (const std::exception& e) {
            if (on.first_error.empty()) on.first_error = e.what();
            co_return;
        }
        if (!on.measures) continue;
        ++on.result.finished;
        on.result.latencies_ms.push_back(std::chrono::duration<double, std::milli>(clock::now() - begin).count());
    }
}

void walk(asio::io_context& context, course& on, std::size_t concurrency) {
    const auto opens = clock::now();
    for (std::size_t i = 0; i < concurrency; ++i) asio::co_spawn(context, customer(on, opens), asio::detached);
    context.run();
    if (!on.first_error.empty()) throw std::runtime_error(on.first_error);
}

double seconds_since(clock::time_point began) { return std::chrono::duration<double>(clock::now() - began).count(); }

}  // namespace

loop_result closed_loop(std::size_t concurrency, const loop_times& times, const errand& work) {
    asio::io_context context{1};
    bool over = false;
    clock::time_point began;
    course on{.work = work};
    on.goes_on = [&over] { return !over; };
    if (times.per_second > 0) on.pace = std::chrono::duration<double>(1 / times.per_second);
    asio::steady_timer end(context);
    asio::steady_timer begin(context, times.warm_up);
    begin.async_wait([&](const boost::system::error_code&) {
        if (times.on_begin) times.on_begin();
        began = clock::now();
        on.measures = true;
        // From here on, so that what the callback took is no part of it.
        end.expires_after(times.measure);
        end.async_wait([&](const boost::system::error_code&) {
            on.result.seconds = seconds_since(began);
            on.measures = false;
            over = true;
            if (times.on_end) times.on_end();
        });
    });
    walk(context, on, concurrency);
    return std::move(on.result);
}

loop_result run_each(std::size_t count, std::size_t concurrency, const errand& work) {
    asio::io_context context{1};
    course on{.work = work, .measures = true};
    on.goes_on = [&on, count] { return on.begun < count; };
    const auto began = clock::now();
    walk(context, on, std::min(count, concurrency));
    on.result.seconds = seconds_since(began);
    return std::move(on.result);
}

}  // namespace perdure::bench
