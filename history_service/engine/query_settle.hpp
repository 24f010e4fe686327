#pragma once

#include "history_service/engine/queries.hpp"

namespace perdure::history {

/// The task that the attached queries travelled with ended without an answer: they wait for the next one.
[[nodiscard]] query_outcome requeue_attached(query_book& book);

/// A task was completed: attached queries get the worker's results, those it left out are sent on their own. With nothing
/// pending any more, those that waited are sent on their own too.
[[nodiscard]] query_outcome settle_queries(query_book& book, const run_state& state, const environment& env,
                                           const pb::service::RespondWorkflowTaskCompletedRequest& request);

}  // namespace perdure::history
