#pragma once

#include "history_service/store/postgres/connection.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history::postgres {

/// Queues what the batch writes: a few statements with arrays, however many runs it is about. A journal that does not end
/// where the batch thinks is refused with `conflict_state` and the text "run expected found".
void queue_batch(connection& db, const commit_batch& batch);

}  // namespace perdure::history::postgres
