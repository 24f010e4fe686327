// expect: no (viable|matching) (conversion|function)[^:]*(duration|start_to_close)
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity_options quick{.timeouts = perdure::start_to_close(10us)};
