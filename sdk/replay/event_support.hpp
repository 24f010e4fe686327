#pragma once

#include "api/proto.hpp"

namespace perdure::detail {

/// Whether replay passes an event over: this SDK has no meaning for its type, and the event says that workers may ignore it.
/// Throws nondeterminism_error (PD-1009) for one without meaning that they may not ignore.
[[nodiscard]] bool is_passed_over(const pb::history::HistoryEvent& event);

}  // namespace perdure::detail
