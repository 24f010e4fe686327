// expect: this call gives no options: an activity needs a timeout
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) { co_await ctx.call(charge, order{}); }
