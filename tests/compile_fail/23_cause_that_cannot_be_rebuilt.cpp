// expect: cause_as rebuilds the error, which needs `using app_error::app_error;` in its class
#include "tests/compile_fail/payloads.hpp"

struct refused : perdure::app_error<refused, "Refused"> {
    explicit refused(int code) : app_error("code " + std::to_string(code)) {}
};
bool was_refused(const perdure::failure& e) { return e.cause_as<refused>().has_value(); }
