#pragma once

#include <cstdint>
#include <string>

#include "perdure/detail/workflow_type.hpp"

namespace perdure::detail {

/// The fingerprint of the declared state after a task, on top of the one after the task before. Never 0.
[[nodiscard]] std::uint64_t fingerprint_of(const workflow_type& type, const void* object, std::uint64_t before);

/// The declared state as a JSON object; `{}` when none is declared. For people.
[[nodiscard]] std::string state_json(const workflow_type& type, const void* object);

}  // namespace perdure::detail
