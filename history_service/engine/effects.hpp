#pragma once

#include "api/proto.hpp"
#include "api/time.hpp"
#include "history_service/engine/run_key.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace perdure::history {

/// One task that workers may take, unique within its run for all time.
struct task_ref {
    task_kind kind = task_kind::workflow;
    std::int64_t scheduled_event_id = 0;
    std::int32_t attempt = 1;

    friend bool operator==(const task_ref&, const task_ref&) = default;
    friend auto operator<=>(const task_ref&, const task_ref&) = default;
};

/// A task to be matched: a row to keep and an offer to make. `queue.kind` tells sticky from normal.
struct outstanding_task {
    task_ref task{};
    pb::taskqueue::TaskQueue queue{};
    wall_time scheduled_time{};

    friend bool operator==(const outstanding_task& a, const outstanding_task& b) {
        return a.task == b.task && a.queue.name() == b.queue.name() && a.queue.kind() == b.queue.kind();
    }
};

/// The task waits for a worker from now on.
struct offer_task {
    outstanding_task task{};
};

/// The task no longer waits: it was started, or there is nothing to do any more. Its row goes.
struct withdraw_task {
    task_ref task{};
    /// Taken by a worker, as opposed to cancelled, timed out or overtaken.
    bool started = false;
};

/// The worker that runs this attempt should be told.
struct cancel_activity {
    std::int64_t scheduled_event_id = 0;
    std::int32_t attempt = 1;
    std::string activity_id{};
    std::string activity_type{};
    /// Identifies the start, as in the task's token.
    std::string request_id{};
    std::string reason{};
};

/// The attempt of a started activity ended without its worker (time-out, by id, run closed): the worker may stop.
struct abandon_activity {
    std::int64_t scheduled_event_id = 0;
    std::int32_t attempt = 1;
    std::string request_id{};
    std::string activity_id{};
};

/// Events were appended; long polls of the history may look again.
struct history_grew {
    std::int64_t last_event_id = 0;
};

/// The run closed with this event.
struct run_closed {
    pb::enums::WorkflowExecutionStatus status{};
    pb::history::HistoryEvent close_event{};
    /// Empty: the chain ends here.
    std::string successor_run_id{};
};

using effect = std::variant<offer_task, withdraw_task, cancel_activity, abandon_activity, history_grew, run_closed>;
using effects = std::vector<effect>;

}  // namespace perdure::history
