#pragma once

#include "server/node/admission.hpp"
#include "server/node/node.hpp"

#include <functional>
#include <memory>

namespace perdure::server {

/// The node behind a gate: new work passes when `gate` admits it, everything else passes at once. `refused` hears of each
/// refusal. The gate must outlive the node.
[[nodiscard]] std::unique_ptr<node> behind_gate(std::unique_ptr<node> inner, admission& gate,
                                                std::function<void(exhausted_cause)> refused);

}  // namespace perdure::server
