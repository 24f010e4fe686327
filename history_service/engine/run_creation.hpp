#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history_service/engine/mutation.hpp"

namespace perdure::history {

/// Everything that makes a run, whoever asked for it.
struct run_plan {
    run_key key{};
    /// Of the start request; empty for a run that another run begins.
    std::string request_id{};
    /// The first event's attributes, complete.
    pb::history::WorkflowExecutionStartedEventAttributes started{};
    pb::sdk::UserMetadata user_metadata{};
    std::optional<wall_time> execution_deadline{};
    /// Signals and cancel requests that are in the history before the first workflow task. Signals carry request ids.
    std::vector<pb::history::HistoryEvent> received{};
};

/// The run's first record: started event, what it received, and its first workflow task or the wait for it.
[[nodiscard]] created_run begin_run(const environment& env, run_plan plan);

/// What of the buffered events a next run must see: signals and cancel requests that no task has shown to the workflow.
[[nodiscard]] std::vector<pb::history::HistoryEvent> unread_messages(const run_state& state);

/// The next run of a chain by retry: the same start once more.
[[nodiscard]] run_plan retry_plan(const run_state& state, const std::string& run_id, milliseconds delay,
                                  const pb::failure::Failure& failure);

/// The next run of a chain as its workflow asked for it.
[[nodiscard]] run_plan continuation_plan(const run_state& state, const std::string& run_id,
                                         const pb::command::ContinueAsNewWorkflowExecutionCommandAttributes& command);

}  // namespace perdure::history
