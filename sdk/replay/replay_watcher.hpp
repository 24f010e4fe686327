#pragma once

#include <cstdint>

#include "api/proto.hpp"

namespace perdure::detail {

struct command_entry;
struct frame_base;
struct site;
class run;

/// Sees a run at work, event by event, without changing anything: for traces, debuggers and reports.
///
/// Called on the run's thread. `live` is the run as it is at that moment; nothing may be kept beyond the call.
class replay_watcher {
  public:
    virtual ~replay_watcher() = default;

    /// The event is about to be applied. Events that record a command come when they are compared with it, which is at the start
    /// of the next workflow task; all others in the order of history.
    virtual void event(const run& /*live*/, const pb::history::HistoryEvent& /*event*/) {}

    /// A coroutine is about to go on; `at` is where it had been waiting.
    virtual void woke(const run& /*live*/, const frame_base& /*frame*/, const site& /*at*/) {}

    /// Workflow code has made a command. `event_id` is the event that stands at its place in the history, 0 if there is none.
    virtual void issued(const run& /*live*/, const command_entry& /*command*/, std::int64_t /*event_id*/) {}

    /// A workflow task has been applied in full.
    virtual void task_done(const run& /*live*/, std::int64_t /*started_event_id*/) {}
};

}  // namespace perdure::detail
