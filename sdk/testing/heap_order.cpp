#include "sdk/testing/heap_order.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace perdure::test {
namespace {

constexpr std::size_t step = 16;
constexpr std::size_t largest = 1024;
constexpr std::size_t holes_of_a_size = 48;

}  // namespace

void disturb_heap_order() {
    std::uint64_t state = 88172645463325252ULL;
    const auto below = [&state](std::size_t limit) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        return static_cast<std::size_t>(state % limit);
    };
    std::vector<void*> holes;
    holes.reserve(holes_of_a_size);
    for (std::size_t size = step; size <= largest; size += step) {
        holes.clear();
        for (std::size_t index = 0; index < holes_of_a_size; ++index) {
            holes.push_back(::operator new(size));
            // Never given back: it keeps its neighbours apart.
            static_cast<void>(::operator new(size));
        }
        for (std::size_t index = holes.size(); index > 1; --index) std::swap(holes[index - 1], holes[below(index)]);
        for (void* hole : holes) ::operator delete(hole);
    }
}

}  // namespace perdure::test
