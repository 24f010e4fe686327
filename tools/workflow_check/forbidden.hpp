#pragma once

#include <string_view>

#include "sdk/guards/remedies.hpp"

namespace perdure::workflow_check {

/// A function, or all functions of a class, that workflow code may not refer to.
struct rule {
    std::string_view name;
    guards::ban reason;
};

/// The rule against a function; nullptr if there is none. `symbol` is the linker's name, `name` the readable one.
[[nodiscard]] const rule* forbidden(std::string_view symbol, std::string_view name);

}  // namespace perdure::workflow_check
