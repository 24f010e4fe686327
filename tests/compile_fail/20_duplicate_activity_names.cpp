// expect: two entries of this list have the same name
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity<"payment.charge", void(order)> other{};
constexpr auto all = perdure::list(charge, other);
