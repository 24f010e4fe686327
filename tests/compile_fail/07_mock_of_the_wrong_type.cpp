// expect: this is not what the activity returns
#include "tests/compile_fail/flows.hpp"

#include <perdure/testing.hpp>

void made(perdure::test::env& env) { env.mock(charge).returns(std::string("not a receipt")); }
