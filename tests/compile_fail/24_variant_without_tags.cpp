// expect: this type is no payload
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::activity<"either", void(std::variant<order, receipt>)> either{};
