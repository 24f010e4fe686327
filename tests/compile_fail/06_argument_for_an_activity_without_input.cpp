// expect: this activity takes no input
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) { co_await ctx.call(count, 3, quick); }
