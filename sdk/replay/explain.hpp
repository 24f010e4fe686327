#pragma once

#include <deque>
#include <vector>

#include "api/proto.hpp"
#include "perdure/mismatch.hpp"
#include "sdk/replay/turns.hpp"
#include "sdk/workflow/commands.hpp"

namespace perdure::detail {

/// Completes a mismatch with what the surroundings show: the two sequences side by side and the likely cause. `waiting` are the
/// commands of the task that no event has matched, beginning with the one at fault, `warnings` what differed before.
[[nodiscard]] mismatch explain(mismatch found, const event_list& events, const std::deque<command_entry>& waiting,
                               const std::vector<mismatch>& warnings);

}  // namespace perdure::detail
