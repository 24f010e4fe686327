// expect: the first parameter of a workflow coroutine is perdure::context, by value
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context& ctx) { co_await ctx.sleep(1s); }
