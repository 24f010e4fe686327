// expect: the closure of wait_until must own nothing
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx, std::string text) {
    co_await ctx.wait_until([text] { return !text.empty(); });
}
