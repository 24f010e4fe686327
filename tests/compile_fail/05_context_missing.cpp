// expect: the first parameter of a workflow coroutine is perdure::context, by value
#include "tests/compile_fail/flows.hpp"

perdure::task<int> run(order) { co_return 1; }
