// expect: this type is no payload
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity<"price", void(std::map<double, int>)> price{};
