#pragma once

#include "history_service/engine/state.hpp"
#include "history_service/journal.pb.h"

namespace perdure::history {

namespace journal = perdure::history::v1;

/// Applies one change: the only way in which a state changes, live and when it is folded. `time` is the record's.
/// False, and the state spoiled, if the change does not fit the state: the journal is damaged or the engine wrong.
[[nodiscard]] bool apply(run_state& state, const journal::Change& change, wall_time time);

// Parts of `apply`, one a concern.
[[nodiscard]] bool apply_event(run_state& state, const pb::history::HistoryEvent& event);
[[nodiscard]] bool apply_buffered(run_state& state, const journal::Change& change);
[[nodiscard]] bool apply_workflow_task_change(run_state& state, const journal::Change& change, wall_time time);
[[nodiscard]] bool apply_activity_change(run_state& state, const journal::Change& change, wall_time time);
[[nodiscard]] bool apply_execution_change(run_state& state, const journal::Change& change);

// Effects of events on one part. Ids and bytes of history are `apply_event`'s work.
[[nodiscard]] bool apply_execution_event(run_state& state, const pb::history::HistoryEvent& event);
[[nodiscard]] bool apply_workflow_task_event(run_state& state, const pb::history::HistoryEvent& event);
[[nodiscard]] bool apply_activity_event(run_state& state, const pb::history::HistoryEvent& event);
[[nodiscard]] bool apply_timer_event(run_state& state, const pb::history::HistoryEvent& event);

/// The scheduled event of the activity that a change is about; 0 for none.
[[nodiscard]] std::int64_t touched_activity(const journal::Change& change) noexcept;

/// Whether an event of this type ends the run.
[[nodiscard]] bool closes_run(pb::enums::EventType type) noexcept;

/// Whether an event of this type waits in the buffer while a workflow task is started.
[[nodiscard]] bool waits_for_task(pb::enums::EventType type) noexcept;

}  // namespace perdure::history
