// expect: static assertion failed due to requirement 'perdure::valid\(policy\)'
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::retry_policy policy{.initial = 10s, .max_interval = 5s};
static_assert(perdure::valid(policy));
