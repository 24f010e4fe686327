// expect: ignoring return value of .* declared with 'nodiscard'
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) {
    ctx.sleep(1s);
    co_return;
}
