#include "bench/workflows/order4.hpp"

#include <perdure/workflow.hpp>

using namespace std::chrono_literals;

namespace perdure::bench {
namespace {

constexpr activity_options quick{.timeouts = start_to_close(30s)};

task<std::string> order4(context ctx, std::string input) {
    for (int i = 0; i < 4; ++i) input = co_await ctx.call(step, input, quick);
    co_return input;
}

constexpr auto order4_definition = define_function<Order4>(&order4);

}  // namespace

void add_order4(worker& to) {
    to.add_workflow(order4_definition);
    to.add_activity(step, [](const std::string& input) { return input; });
}

}  // namespace perdure::bench
