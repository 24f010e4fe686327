#pragma once

#include "api/proto.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {

/// The command that ends a run. `started` is the run's first event, from which a successor inherits.
[[nodiscard]] command_entry make_closing_command(const run& ended,
                                                 const pb::history::WorkflowExecutionStartedEventAttributes& started);

/// Header fields with which a run hands over to its successor what nobody has read, and the compensations on record.
inline constexpr std::string_view unread_header = "perdure-unread";
inline constexpr std::string_view undo_header = "perdure-undo-";  // and the ordinal of the saga

/// Gives a new run what the run before it handed over.
void take_over(run& successor, const pb::common::Header& header);

}  // namespace perdure::detail
