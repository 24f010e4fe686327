// expect: one input at most; put several values into one struct
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity<"payment.split", receipt(order, order)> split{};
