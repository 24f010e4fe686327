// expect: the predicate of wait_until takes nothing and returns bool
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) {
    co_await ctx.wait_until([](int) { return true; });
}
