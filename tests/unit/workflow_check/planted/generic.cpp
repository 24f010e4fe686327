#include <algorithm>
#include <fstream>
#include <functional>
#include <mutex>
#include <vector>

#include "flows.hpp"

namespace shop {
namespace {

std::mutex shared;

template <class T>
T under_lock(T value) {
    const std::scoped_lock lock(shared);
    return value;
}

}  // namespace

perdure::task<int> lock_in_a_template(perdure::context ctx) {
    co_await ctx.sleep(1s);
    co_return under_lock<int>(3);
}
extern constexpr auto lock_in_a_template_def = perdure::define_function<Planted>(&lock_in_a_template);

perdure::task<int> read_in_a_lambda(perdure::context ctx) {
    co_await ctx.sleep(1s);
    std::vector<int> numbers{3, 1, 2};
    const std::function<bool(int, int)> before = [](int a, int b) { return std::ifstream("order.txt").good() ? a < b : b < a; };
    std::ranges::sort(numbers, before);
    co_return numbers.front();
}
extern constexpr auto read_in_a_lambda_def = perdure::define_function<Planted>(&read_in_a_lambda);

}  // namespace shop
