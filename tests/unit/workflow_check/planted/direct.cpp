#include <chrono>
#include <cstdlib>
#include <thread>

#include "flows.hpp"

namespace shop {

perdure::task<int> sleep_directly(perdure::context ctx) {
    co_await ctx.sleep(1s);
    std::this_thread::sleep_until(std::chrono::steady_clock::time_point{});
    co_return std::getenv("HOME") != nullptr ? 1 : 0;
}
extern constexpr auto sleep_directly_def = perdure::define_function<Planted>(&sleep_directly);

}  // namespace shop
