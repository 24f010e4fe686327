#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <sstream>
#include <unordered_map>
#include <vector>

#include "flows.hpp"

namespace shop {
namespace {

int roll() { return static_cast<int>(std::random_device{}()); }

}  // namespace

class CleanWorkflow final : public perdure::implements<Planted> {
  public:
    static constexpr auto definition() {
        return perdure::define<CleanWorkflow>(&CleanWorkflow::run)
            .on(Planted::poke, &CleanWorkflow::poke)
            .on(Planted::look, &CleanWorkflow::look);
    }

  private:
    perdure::task<int> run(perdure::context ctx) {
        std::vector<int> numbers{3, 1, 2};
        std::ranges::sort(numbers);
        std::ostringstream text;
        text << numbers.front() << perdure::to_text(ctx.now());
        std::unordered_map<std::string, int> prices;
        prices["a"] = ctx.side_effect<"rolled">([] { return roll() + (std::getenv("HOME") != nullptr ? 1 : 0); });
        prices["b"] = ctx.mutable_side_effect<"clock">(
            [] { return static_cast<int>(std::chrono::system_clock::now().time_since_epoch().count()); });
        ctx.log(perdure::log_level::info, text.str());
        co_await ctx.wait_until([this] { return poked_; });
        co_await ctx.sleep_until(ctx.now() + 1h);
        co_return prices.at("a");
    }
    void poke() { poked_ = true; }
    int look() const { return poked_ ? 1 : 0; }

    bool poked_ = false;
};

perdure::detail::workflow_type clean_type();
perdure::detail::workflow_type clean_type() { return perdure::detail::make_workflow_type<CleanWorkflow>(); }

}  // namespace shop
