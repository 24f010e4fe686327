// expect: must not be a lambda with captures
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) {
    int n = 1;
    const auto work = [n](perdure::context inner) -> perdure::task<void> {
        co_await inner.sleep(1s);
        (void)n;
    };
    co_await work(ctx);
}
