// expect: no (viable|matching) conversion from 'int'
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::retry_policy policy{.initial = 5};
