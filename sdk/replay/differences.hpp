#pragma once

#include <chrono>
#include <vector>

#include "api/proto.hpp"
#include "perdure/mismatch.hpp"

namespace perdure::detail {

/// In what a command that fits its event by kind, id and name differs from it all the same.
struct differences {
    std::vector<mismatch::field> arguments;  // inputs, results, details
    std::vector<mismatch::field> options;    // queue, timeouts, retry policy, duration of a timer

    [[nodiscard]] bool empty() const noexcept { return arguments.empty() && options.empty(); }
};

/// Compares what the service keeps of a command with the command. What the service fills in or cuts down before it writes the
/// event is no difference: timeouts follow from each other and end at the run's timeout, retry policies have defaults
/// (temporalio/temporal, chasm/lib/activity/validator.go). Nothing is allocated when there is no difference.
[[nodiscard]] differences compare(const pb::command::Command& command, const pb::history::HistoryEvent& event,
                                  std::chrono::milliseconds run_timeout);

}  // namespace perdure::detail
