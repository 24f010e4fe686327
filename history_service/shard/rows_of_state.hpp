#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "history_service/engine/engine.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history {

// Which rows a state implies. The shard writes them and fsck compares them, so they are computed in one place.

/// Every run gets this attribute, with the same value, when its first task completes. It is shown and not searched: to write it
/// down would cost each run a row.
inline constexpr const char* unlisted_attribute = "BuildIds";

[[nodiscard]] visibility_row visibility_row_of(run_number run, const run_state& state);

[[nodiscard]] queue_key queue_key_of(const run_state& state, const outstanding_task& task);
/// The queue that the task belongs on when nobody serves a sticky queue.
[[nodiscard]] queue_key normal_queue_of(const run_state& state, const outstanding_task& task);
[[nodiscard]] task_row task_row_of(run_number run, const run_state& state, const outstanding_task& task);

/// When somebody must look at the run: its next timer; for a closed run the end of its retention.
[[nodiscard]] std::optional<wall_time> wakeup_of(const run_state& state, std::chrono::seconds retention);

/// The state that a run had after its last stored record. Error: data_loss when the records do not fold.
[[nodiscard]] result<run_state> state_of(const loaded_run& loaded);

/// Whether lists show something else after this record.
[[nodiscard]] bool changes_visibility(const journal::JournalRecord& record, const run_state& after);

}  // namespace perdure::history
