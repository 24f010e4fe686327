// expect: deleted constructor|deleted copy
#include "tests/compile_fail/flows.hpp"

perdure::task<void> helper(perdure::context ctx) { co_await ctx.sleep(1s); }
perdure::task<void> run(perdure::context ctx) {
    auto work = helper(ctx);
    auto copy = work;
    co_await std::move(copy);
}
