// expect: no viable conversion|cannot convert|no known conversion
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) {
    const std::string id = co_await ctx.call(charge, order{}, quick);
    (void)id;
}
