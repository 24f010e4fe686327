// expect: workflow code awaits only durable operations of its context
#include "tests/compile_fail/flows.hpp"

#include <future>

perdure::task<void> run(perdure::context) {
    co_await std::async([] { return 1; });
}
