// expect: parameters of a workflow coroutine are values
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx, const order& what) {
    co_await ctx.sleep(1s);
    (void)what;
}
