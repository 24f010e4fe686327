// expect: ignoring return value of .* declared with 'nodiscard'
#include "tests/compile_fail/flows.hpp"

perdure::task<void> helper(perdure::context ctx) { co_await ctx.sleep(1s); }
perdure::task<void> run(perdure::context ctx) {
    helper(ctx);
    co_return;
}
