#pragma once

#include <optional>
#include <string>

#include "history_service/engine/commands/check.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/mutation.hpp"

namespace perdure::history {

// How a worker's answer to the started workflow task becomes history, whichever way it came.

using completed_request = pb::service::RespondWorkflowTaskCompletedRequest;

/// What can be said of an answer without its run, apart from its commands' attributes.
[[nodiscard]] result<done> check_answer(const environment& env, const completed_request& request);

/// A copy of the answer's commands on the record's arena: they hand their payloads over to their events.
[[nodiscard]] command_list& commands_beside(journal::JournalRecord& record, const completed_request& request);

/// The completed event, and the judged commands. True if the workflow is to have another task for what they did.
[[nodiscard]] bool write_answer(mutation& change, const completed_request& request, command_list& commands,
                                workflow_task_completion& completion);

/// What follows an answer: buffered events, the next task if one is wanted, queries. `heartbeat_since` is given for an answer
/// that goes on with a row of heartbeats.
void end_answer(mutation& change, query_book& book, const completed_request& request, bool next_task,
                std::optional<wall_time> heartbeat_since, workflow_task_completion& completion);

/// Fails the task for its commands instead: the run goes on.
void reject_answer(mutation& change, query_book& book, const task_failure& failure, const std::string& identity,
                   workflow_task_completion& completion);

}  // namespace perdure::history
