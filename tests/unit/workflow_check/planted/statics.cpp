#include <cstdlib>

#include "flows.hpp"

namespace shop {

bool debugged = std::getenv("DEBUG") != nullptr;

perdure::task<int> look_at_a_static(perdure::context ctx) {
    co_await ctx.sleep(1s);
    co_return debugged ? 1 : 0;
}
extern constexpr auto look_at_a_static_def = perdure::define_function<Planted>(&look_at_a_static);

}  // namespace shop
