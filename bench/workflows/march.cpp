#include "bench/workflows/march.hpp"

#include <perdure/workflow.hpp>
#include <string>
#include <utility>

#include "bench/workflows/order4.hpp"

using namespace std::chrono_literals;

namespace perdure::bench {
namespace {

struct Stride {
    int number = 0;
    std::string load;
};
BOOST_DESCRIBE_STRUCT(Stride, (), (number, load))

constexpr activity<"bench.stride", std::string(Stride)> stride{};
constexpr activity_options unhurried{.timeouts = start_to_close(30s)};

task<int> march(context ctx, int steps) {
    std::string load(payload_bytes, 'x');
    for (int i = 0; i < steps; ++i) load = co_await ctx.call(stride, Stride{.number = i, .load = load}, unhurried);
    co_return steps;
}

constexpr auto march_definition = define_function<March>(&march);

}  // namespace

void add_march(worker& to, std::function<void(int)> on_step) {
    to.add_workflow(march_definition);
    to.add_activity(stride, [on_step = std::move(on_step)](const Stride& taken) {
        on_step(taken.number);
        return taken.load;
    });
}

}  // namespace perdure::bench
