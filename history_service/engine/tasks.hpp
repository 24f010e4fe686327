#pragma once

#include "api/proto.hpp"
#include "history_service/engine/effects.hpp"
#include "history_service/engine/transition.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace perdure::history {

/// Which start of which task an answer is about: what a task token says beyond the run.
struct task_claim {
    std::int64_t scheduled_event_id = 0;
    /// Of workflow tasks; 0 for activities.
    std::int64_t started_event_id = 0;
    std::int32_t attempt = 1;
    /// Chosen anew at each start. A start that was lost in a crash and one that took its place differ only in this.
    std::string request_id{};
    /// Of activities; empty for workflow tasks.
    std::string activity_id{};
    /// The request named the activity, not an attempt: whichever attempt there is, is meant.
    bool by_id = false;

    friend bool operator==(const task_claim&, const task_claim&) = default;
};

/// Who takes a task.
struct task_taker {
    std::string identity{};
    /// False if a task that was scheduled on a sticky queue is taken from the normal one: its taker knows nothing of the run.
    bool from_sticky_queue = true;
};

/// A workflow task as it leaves for a worker. The response lacks its token and the stored part of its history.
struct started_workflow_task {
    pb::service::PollWorkflowTaskQueueResponse response{};
    task_claim claim{};
    /// Stored events that go into the response's history, in front of `unstored_events`. On a sticky queue only the new ones.
    event_range stored_events{};
    /// Scheduled and started event of a transient attempt.
    std::vector<pb::history::HistoryEvent> unstored_events{};
    bool sticky = false;
};

/// An activity task as it leaves for a worker. The response lacks only its token.
struct started_activity_task {
    pb::service::PollActivityTaskQueueResponse response{};
    task_claim claim{};
};

}  // namespace perdure::history
