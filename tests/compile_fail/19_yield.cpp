// expect: no member named 'yield_value'
#include "tests/compile_fail/flows.hpp"

perdure::task<int> run(perdure::context) {
    co_yield 1;
    co_return 2;
}
