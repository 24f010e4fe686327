// expect: no viable conversion|no matching member function|no known conversion
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) { co_await ctx.sleep(5); }
