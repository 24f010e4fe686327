// expect: parameters of a workflow coroutine are values
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx, std::string_view id) {
    co_await ctx.sleep(1s);
    (void)id;
}
