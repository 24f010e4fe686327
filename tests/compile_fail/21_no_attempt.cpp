// expect: static assertion failed due to requirement 'perdure::valid\(card\)'
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity_options card{.timeouts = perdure::start_to_close(1s), .retry = {.max_attempts = -1}};
static_assert(perdure::valid(card));
