// expect: attempt to use a poisoned identifier
#include <perdure/poison.hpp>

perdure::task<int> price(perdure::context ctx) {
    co_await ctx.sleep(std::chrono::seconds(1));
    co_return rand();
}
