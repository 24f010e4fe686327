#include "api/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace perdure::detail {

void assertion_failed(const char* file, int line, const char* condition, const char* sentence) noexcept {
    std::fprintf(stderr, "%s:%d: broken invariant: %s (%s)\n", file, line, sentence, condition);
    std::fflush(stderr);
    std::abort();
}

}  // namespace perdure::detail
