#include "bench/workload/sleepers.hpp"

#include <nlohmann/json.hpp>
#include <perdure/client_async.hpp>
#include <perdure/worker.hpp>
#include <thread>

#include "bench/load/closed_loop.hpp"
#include "bench/stage/worker_settings.hpp"
#include "bench/workflows/inbox.hpp"
#include "bench/workflows/naps.hpp"
#include "bench/workload/errands.hpp"

namespace perdure::bench {
namespace {

constexpr int hours_of_a_year = 365 * 24;
constexpr std::size_t starts_at_once = 256;

boost::asio::awaitable<void> start_sleeper(const client* via, start_options start) {
    static_cast<void>(co_await via->async_start<LongSleep>(hours_of_a_year, start, boost::asio::use_awaitable));
}

}  // namespace

void put_to_sleep(const client& via, std::size_t count) {
    worker_options options = busy_worker(false);
    // Without a cache the sleeping runs cost this process nothing.
    options.cache_bytes = 0;
    worker here(via, options);
    std::atomic<std::size_t> asleep = 0;
    add_naps(here, asleep);
    add_inbox(here);
    here.start();
    const auto sleeper = [&](std::size_t number) { return start_sleeper(&via, start_of("sleeper", number)); };
    const auto rest = [&](std::size_t number) { return start_sleeper(&via, start_of("late-sleeper", number)); };
    static_cast<void>(run_each(count / 2, starts_at_once, sleeper));
    static_cast<void>(via.start<InboxFlow>(1, {.id = waiting_inbox, .task_queue = task_queue}));
    static_cast<void>(run_each(count - count / 2, starts_at_once, rest));
    while (asleep < count) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    // The last answers are on their way; a worker that stops waits for them.
    here.stop();
}

double count_running(const server_process& server) {
    const std::string query = "ExecutionStatus%20%3D%20%22Running%22";
    const auto answer = nlohmann::json::parse(server.get("/api/v1/namespaces/default/workflow-count?query=" + query));
    return std::stod(answer.value("count", std::string("0")));
}

}  // namespace perdure::bench
