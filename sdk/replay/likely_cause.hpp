#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "api/proto.hpp"
#include "perdure/mismatch.hpp"
#include "sdk/workflow/commands.hpp"

namespace perdure::detail {

using recorded_commands = std::vector<const pb::history::HistoryEvent*>;

/// The two sides from the mismatch on.
struct parted_sequences {
    const recorded_commands& recorded;
    std::size_t here = 0;  // how many of the recorded ones belong to the task at fault
    const std::deque<command_entry>& produced;
};

/// What a difference that the level let pass says about a later one: by name alone the wrong call was taken for the recorded one.
/// Empty if there was none.
[[nodiscard]] std::string earlier_cause(const std::vector<mismatch>& warnings);

/// What a person most likely did to the code, as half a sentence; empty if nothing stands out.
[[nodiscard]] std::string likely_cause(const mismatch& found, const parted_sequences& both);

}  // namespace perdure::detail
