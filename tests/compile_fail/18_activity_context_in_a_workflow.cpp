// expect: a workflow coroutine is a free function whose first parameter is perdure::context, by value
#include "tests/compile_fail/flows.hpp"

#include <perdure/activity.hpp>

perdure::task<void> run(perdure::activity_context& ctx) { co_return; }
