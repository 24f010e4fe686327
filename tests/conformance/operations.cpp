#include "tests/conformance/operations.hpp"

namespace perdure::conformance {

const std::map<std::string, frontend_operation>& frontend_operations() {
    static const std::map<std::string, frontend_operation> table = {
#define PERDURE_CONFORMANCE_OPERATION(function, Name) {#Name, json_operation(&frontend::function)},
        PERDURE_FRONTEND_OPERATIONS(PERDURE_CONFORMANCE_OPERATION)
#undef PERDURE_CONFORMANCE_OPERATION
    };
    return table;
}

}  // namespace perdure::conformance
