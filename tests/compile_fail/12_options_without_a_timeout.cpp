// expect: an activity call needs a limit; write .timeouts = perdure::start_to_close
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity_options quick{.retry = {.max_attempts = 3}};
