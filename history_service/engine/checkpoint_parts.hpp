#pragma once

#include "history_service/engine/state.hpp"
#include "history_service/journal.pb.h"

namespace perdure::history {

namespace journal = perdure::history::v1;

// One pair a part of the state; `load` of what `save` wrote gives an equal part.

void save(const execution_part& part, journal::ExecutionPart& saved);
void save(const workflow_task_part& part, journal::WorkflowTaskPart& saved);
void save(const activity_state& part, journal::ActivityPart& saved);
void save(const timer_state& part, journal::TimerPart& saved);

[[nodiscard]] execution_part load(const journal::ExecutionPart& saved);
[[nodiscard]] workflow_task_part load(const journal::WorkflowTaskPart& saved);
[[nodiscard]] activity_state load(const journal::ActivityPart& saved);
[[nodiscard]] timer_state load(const journal::TimerPart& saved);

}  // namespace perdure::history
