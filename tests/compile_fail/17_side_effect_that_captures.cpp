// expect: a side effect captures nothing
#include "tests/compile_fail/flows.hpp"

perdure::task<int> run(perdure::context ctx, int n) {
    co_return ctx.side_effect<"draw">([n] { return n; });
}
