#include "bench/workload/errands.hpp"

#include <perdure/client_async.hpp>
#include <stdexcept>

#include "bench/stage/stage.hpp"
#include "bench/workflows/alarm.hpp"
#include "bench/workflows/fanout.hpp"
#include "bench/workflows/inbox.hpp"
#include "bench/workflows/order4.hpp"

namespace perdure::bench {
namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;

constexpr int letters = 3;
constexpr int rays = 10;
constexpr int nap_ms = 50;

void expect(bool right, const char* workflow) {
    if (!right) throw std::runtime_error(std::string(workflow) + " returned something else than it should");
}

// Parameters by value or pointer: the frame of a coroutine outlives its caller's references.
awaitable<void> place_an_order(const client* via, start_options start, const std::string* input) {
    const std::string output = co_await via->async_execute<Order4>(*input, start, use_awaitable);
    expect(output == *input, "order4");
}

awaitable<void> write_letters(const client* via, start_options start) {
    const auto run = co_await via->async_start<InboxFlow>(letters, start, use_awaitable);
    for (int i = 0; i < letters; ++i) co_await run.async_signal(InboxFlow::letter, std::string("dear inbox"), use_awaitable);
    const int read = co_await run.async_result(use_awaitable);
    expect(read == letters, "the inbox");
}

awaitable<void> take_a_nap(const client* via, start_options start) {
    const auto run = co_await via->async_start<Nap>(nap_ms, start, use_awaitable);
    co_await run.async_result(use_awaitable);
}

awaitable<void> fan_out(const client* via, start_options start) {
    const auto run = co_await via->async_start<Fanout>(rays, start, use_awaitable);
    const int back = co_await run.async_result(use_awaitable);
    expect(back == rays, "fanout");
}

}  // namespace

start_options start_of(const std::string& prefix, std::size_t number) {
    return {.id = prefix + "-" + std::to_string(number), .task_queue = task_queue};
}

errand order4_errand(const client& via, std::string prefix, std::string input) {
    return [via = &via, prefix = std::move(prefix), input = std::make_shared<const std::string>(std::move(input))](
               std::size_t number) { return place_an_order(via, start_of(prefix, number), input.get()); };
}

errand letters_errand(const client& via, std::string prefix) {
    return [via = &via, prefix = std::move(prefix)](std::size_t number) { return write_letters(via, start_of(prefix, number)); };
}

errand nap_errand(const client& via, std::string prefix) {
    return [via = &via, prefix = std::move(prefix)](std::size_t number) { return take_a_nap(via, start_of(prefix, number)); };
}

errand fanout_errand(const client& via, std::string prefix) {
    return [via = &via, prefix = std::move(prefix)](std::size_t number) { return fan_out(via, start_of(prefix, number)); };
}

}  // namespace perdure::bench
