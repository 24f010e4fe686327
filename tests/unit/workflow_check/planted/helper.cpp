#include <chrono>

#include "flows.hpp"

namespace shop {
namespace {

int price_of(int what) { return what + static_cast<int>(std::chrono::system_clock::now().time_since_epoch().count()); }

}  // namespace

class HelperWorkflow final : public perdure::implements<Planted> {
  public:
    static constexpr auto definition() {
        return perdure::define<HelperWorkflow>(&HelperWorkflow::run)
            .on(Planted::poke, &HelperWorkflow::poke)
            .on(Planted::look, &HelperWorkflow::look);
    }

  private:
    perdure::task<int> run(perdure::context ctx) {
        co_await ctx.sleep(1s);
        co_return price_of(1) + price_elsewhere(2);
    }
    void poke() { poked_ = std::chrono::steady_clock::now() > std::chrono::steady_clock::time_point{}; }
    int look() const { return poked_ ? 1 : 0; }

    bool poked_ = false;
};

perdure::detail::workflow_type helper_type();
perdure::detail::workflow_type helper_type() { return perdure::detail::make_workflow_type<HelperWorkflow>(); }

}  // namespace shop
