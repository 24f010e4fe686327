#include "tests/gdb/yard.workflow.hpp"

using namespace std::chrono_literals;

namespace yard {

perdure::task<void> Yard::run(perdure::context ctx, std::string owner) {
    auto branch = ctx.spawn(grow(ctx, 3));
    const auto closed = ctx.open_scope();
    closed.cancel("winter");
    const std::string greeting = "hello " + owner;
    for (int year = 1; year < 100; ++year) {
        ++waiting_;
        co_await perdure::when_all(ctx.sleep(1h), grow(ctx, year * 10));
    }
    co_await branch.join();
}

perdure::task<void> Yard::grow(perdure::context ctx, int height) {
    const int goal = height + 1;
    ++waiting_;
    co_await ctx.sleep(2h);
    if (height < goal) co_await ctx.sleep(1h);
}

perdure::task<void> Yard::water(perdure::context ctx, int litres) {
    ++waiting_;
    co_await ctx.sleep(3h);
    waiting_ += litres;
}

}  // namespace yard
