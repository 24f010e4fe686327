// expect: the input does not fit this activity's contract
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) { co_await ctx.call(charge, receipt{}, quick); }
