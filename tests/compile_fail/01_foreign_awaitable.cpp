// expect: workflow code awaits only durable operations of its context
#include "tests/compile_fail/flows.hpp"

#include <coroutine>

struct foreign {
    bool await_ready() const { return true; }
    void await_suspend(std::coroutine_handle<>) const {}
    void await_resume() const {}
};

perdure::task<void> run(perdure::context) { co_await foreign{}; }
