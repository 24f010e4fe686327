// expect: a payload cannot hold a pointer
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity<"ship", const char*()> ship{};
