// expect: 'std::(__cxx11::)?(basic_string|string)[^']*' does not satisfy 'named_error'
#include "tests/compile_fail/payloads.hpp"

constexpr perdure::retry_policy policy{.non_retryable = perdure::error_types<std::string>};
