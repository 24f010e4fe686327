#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "api/time.hpp"
#include "history_service/engine/effects.hpp"
#include "history_service/engine/run_key.hpp"
#include "history_service/store/rows.hpp"

namespace perdure::history {

/// A task that waits for a worker. Offers may repeat after a failed commit; the same task has the same run and `task`.
struct offered_task {
    run_number run = 0;
    run_key key;
    task_ref task;
    queue_key queue;
    /// Where it belongs when nobody serves the sticky queue; `queue` itself for a task of a normal queue.
    queue_key normal_queue;
    wall_time scheduled{};

    [[nodiscard]] task_position position() const noexcept { return {scheduled, run, task.scheduled_event_id}; }
};

/// A query that travels as a task of its own.
struct offered_query {
    std::uint64_t id = 0;
    run_key key;
    queue_key queue;
    /// Where it belongs when nobody serves the sticky queue.
    queue_key normal_queue;
};

/// A running activity whose worker should hear something.
struct activity_notice {
    run_key key;
    std::int64_t scheduled_event_id = 0;
    std::int32_t attempt = 1;
    /// The token of the attempt, byte for byte as its worker has it.
    std::string task_token;
    std::string reason;
};

/// How far a wake-up has come: its events are recorded, or a worker is given the workflow task that they made.
enum class wakeup_stage : std::uint8_t { fired, handed_over };

/// What a shard wants done outside. Called on the shard's thread, never from inside another call of the sink, and free to call
/// the shard.
class effects_sink {
  public:
    effects_sink() = default;
    effects_sink(const effects_sink&) = delete;
    effects_sink& operator=(const effects_sink&) = delete;
    virtual ~effects_sink() = default;

    // At once, before the cause is durable: matching happens in memory, and `start_*` answers when it may leave.
    virtual void task_offered(const offered_task& task) = 0;
    /// The task no longer waits: `started`, or there is nothing to do any more.
    virtual void task_withdrawn(const offered_task& task, bool started) = 0;
    virtual void query_offered(const offered_query& query) = 0;
    virtual void query_withdrawn(const offered_query& query) = 0;

    // After the cause is durable.
    virtual void activity_cancel_requested(const activity_notice& notice) = 0;
    /// The attempt ended without its worker (timed out, answered by id, run closed).
    virtual void activity_abandoned(const activity_notice& notice) = 0;

    /// A wake-up came to a stage so long after it was due. For those who measure.
    virtual void wakeup_came(wakeup_stage /*stage*/, std::chrono::nanoseconds /*late*/) {}
};

}  // namespace perdure::history
