// expect: derives from perdure::implements<Contract> or perdure::workflow_part
#include "tests/compile_fail/flows.hpp"

struct helper {
    perdure::task<void> help(perdure::context ctx) { co_await ctx.sleep(1s); }
};
