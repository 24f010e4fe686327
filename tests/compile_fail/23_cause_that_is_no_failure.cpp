// expect: a cause is a failure: an app_error or one of the library's classes
#include "tests/compile_fail/payloads.hpp"

bool is_bad(const perdure::failure& e) { return e.caused_by<std::runtime_error>(); }
