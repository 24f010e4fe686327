#pragma once

#include <string_view>

#include "perdure/detail/runtime.hpp"

namespace perdure::detail {

class run;

/// The recorded value in replay; live, the value that `make` gives, which a marker records.
[[nodiscard]] arguments record_side_effect(run& owner, std::string_view name, side_effect_function make);

/// As above, but only a value that differs from the last one of its id is recorded.
[[nodiscard]] arguments record_mutable_side_effect(run& owner, std::string_view id, side_effect_function make);

/// Whether the run goes the new path of a patch; the answer is kept, and recorded when it is yes.
[[nodiscard]] bool record_patch(run& owner, std::string_view id);

}  // namespace perdure::detail
