// expect: for_each_limit takes a function or a member function with its object
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) {
    std::vector<int> items{1, 2};
    perdure::for_each_limit(ctx, 2, items, [](perdure::context, int) -> perdure::task<void> { co_return; });
    co_return;
}
