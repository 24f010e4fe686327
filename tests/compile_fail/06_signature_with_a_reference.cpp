// expect: write the payloads of a signature by value
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity<"payment.split", receipt(const order&)> split{};
