#include "bench/workflows/fanout.hpp"

#include <perdure/workflow.hpp>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace perdure::bench {
namespace {

constexpr activity<"bench.ray", int(int)> ray{};
constexpr activity_options within_a_minute{.timeouts = start_to_close(60s)};

task<int> fanout(context ctx, int width) {
    std::vector<op<int>> rays;
    for (int i = 0; i < width; ++i) rays.push_back(ctx.call(ray, i, within_a_minute));
    const std::vector<int> back = co_await when_all{std::move(rays)};
    co_return static_cast<int>(back.size());
}

constexpr auto fanout_definition = define_function<Fanout>(&fanout);

}  // namespace

void add_fanout(worker& to) {
    to.add_workflow(fanout_definition);
    to.add_activity(ray, [](int index) { return index; });
}

}  // namespace perdure::bench
