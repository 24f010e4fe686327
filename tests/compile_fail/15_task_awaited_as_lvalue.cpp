// expect: a task is awaited once, as an rvalue: write co_await std::move
#include "tests/compile_fail/flows.hpp"

perdure::task<void> helper(perdure::context ctx) { co_await ctx.sleep(1s); }
perdure::task<void> run(perdure::context ctx) {
    auto work = helper(ctx);
    co_await work;
}
