#include "hello.hpp"

using namespace std::chrono_literals;

namespace hello {
namespace {

constexpr perdure::activity_options quick{.timeouts = perdure::start_to_close(10s), .retry = {.max_attempts = 5}};
static_assert(perdure::valid(quick));

}  // namespace

perdure::task<Greeting> greet(perdure::context ctx, Person person) {
    co_await ctx.sleep(1s);  // a durable timer: the process may be gone in the meantime
    const Greeting greeting = co_await ctx.call(compose, person, quick);
    co_return greeting;
}

}  // namespace hello
