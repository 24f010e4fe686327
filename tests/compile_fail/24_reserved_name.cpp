// expect: names that start with two underscores are reserved
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity<"__hidden", void()> hidden{};
