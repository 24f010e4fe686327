#pragma once

#include "api/proto.hpp"
#include "api/time.hpp"
#include "history_service/engine/run_key.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace perdure::history {

using duration = milliseconds;

/// What a run was started with, and how far it is.
struct execution_part {
    run_key key{};
    /// Of the start request; empty for a run that a former run of its chain began.
    std::string request_id{};
    /// Attributes of the first event. Input, header and their like are kept only if a retry policy may need them again;
    /// memo and search attributes live in their own fields.
    pb::history::WorkflowExecutionStartedEventAttributes started{};
    pb::sdk::UserMetadata user_metadata{};
    pb::enums::WorkflowExecutionStatus status = pb::enums::WORKFLOW_EXECUTION_STATUS_UNSPECIFIED;
    wall_time start_time{};
    std::optional<wall_time> close_time{};
    std::optional<wall_time> execution_deadline{};
    /// Set while the first workflow task is held back (start delay, back-off of a retry).
    std::optional<wall_time> first_task_time{};
    std::int64_t next_event_id = 1;
    std::int64_t history_bytes = 0;
    /// Number of the last record.
    std::int64_t sequence = 0;
    std::int64_t signal_count = 0;
    bool cancel_requested = false;
    /// Set when this run closed in favour of another.
    std::string successor_run_id{};
    pb::common::Memo memo{};
    pb::common::SearchAttributes search_attributes{};
    pb::workflow::ResetPoints reset_points{};
    /// The started event of the last completed workflow task; 0 before.
    std::int64_t last_completed_started_event_id = 0;

    [[nodiscard]] bool running() const noexcept { return status == pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING; }
    [[nodiscard]] bool has_completed_task() const noexcept { return last_completed_started_event_id != 0; }
};

/// The workflow task that is pending, if any (`scheduled_event_id` is not 0), and what the next one inherits.
struct workflow_task_part {
    std::int64_t scheduled_event_id = 0;
    /// 0 until a worker has it.
    std::int64_t started_event_id = 0;
    /// Of the pending task, else of the next one. Above 1 the attempt is transient: its events are not stored.
    std::int32_t attempt = 1;
    pb::taskqueue::TaskQueue task_queue{};
    duration start_to_close{};
    /// Of a pending task on a sticky queue; else 0.
    duration schedule_to_start{};
    wall_time scheduled_time{};
    /// When the first of a row of heartbeat tasks was scheduled.
    wall_time original_scheduled_time{};
    wall_time started_time{};
    std::string request_id{};
    std::string identity{};
    bool suggest_continue_as_new = false;
    std::vector<pb::enums::SuggestContinueAsNewReason> reasons{};
    std::int64_t history_size_bytes = 0;

    /// Empty name: not sticky.
    pb::taskqueue::TaskQueue sticky_queue{};
    duration sticky_schedule_to_start{};
    /// The worker of the sticky queue, if it runs foreseen tasks.
    std::string foreseen_by{};
    /// The run tried to close over events its task had not seen; cleared when the follow-up task ends.
    bool close_attempted = false;

    [[nodiscard]] bool pending() const noexcept { return scheduled_event_id != 0; }
    [[nodiscard]] bool is_started() const noexcept { return started_event_id != 0; }
    [[nodiscard]] bool transient() const noexcept { return attempt > 1; }
    [[nodiscard]] bool sticky() const noexcept { return !sticky_queue.name().empty(); }
};

/// One activity that has not closed. Waiting in back-off, offered to workers, or started.
struct activity_state {
    std::int64_t scheduled_event_id = 0;
    wall_time scheduled_time{};
    /// As in the event: time-outs normalised, retry policy with its defaults.
    pb::history::ActivityTaskScheduledEventAttributes scheduled{};
    std::int32_t attempt = 1;
    /// When this attempt was, or will be, offered.
    wall_time attempt_scheduled_time{};
    bool in_backoff = false;
    std::optional<duration> retry_interval{};
    std::optional<wall_time> last_attempt_complete_time{};

    bool started = false;
    wall_time started_time{};
    std::string request_id{};
    std::optional<wall_time> last_started_time{};
    /// Of the worker that has, or had, the last attempt.
    std::string identity{};
    std::optional<wall_time> last_heartbeat_time{};
    std::optional<pb::common::Payloads> heartbeat_details{};
    std::optional<pb::failure::Failure> last_failure{};
    /// 0: nobody asked.
    std::int64_t cancel_requested_event_id = 0;

    /// Offered to workers and taken by none.
    [[nodiscard]] bool outstanding() const noexcept { return !started && !in_backoff; }
    [[nodiscard]] bool cancel_requested() const noexcept { return cancel_requested_event_id != 0; }
};

/// A timer that has not fired.
struct timer_state {
    std::string timer_id{};
    std::int64_t started_event_id = 0;
    wall_time due{};
};

/// What a wake-up is for. The order of the values is the order of work among wake-ups of the same moment.
enum class wakeup_kind : std::uint8_t { execution, first_task, timer, activity, workflow_task };

/// One wake-up an item, at the earliest moment at which something must happen to it. Derived, never persisted.
struct wakeup {
    wall_time due{};
    wakeup_kind kind{};
    /// Timer's started event, activity's scheduled event, else 0.
    std::int64_t event_id = 0;

    friend auto operator<=>(const wakeup&, const wakeup&) = default;
};

/// Everything known of a run: the fold of its journal. Changed only by `apply` of journal changes.
struct run_state {
    execution_part execution{};
    workflow_task_part workflow_task{};
    /// By scheduled event id.
    std::map<std::int64_t, activity_state> activities{};
    std::unordered_map<std::string, std::int64_t> activity_ids{};
    /// By timer id.
    std::unordered_map<std::string, timer_state> timers{};
    /// Timer ids by started event id.
    std::map<std::int64_t, std::string> timer_ids{};
    /// Events that wait for the started workflow task to close, in order of arrival.
    std::vector<pb::history::HistoryEvent> buffer{};
    std::size_t buffer_bytes = 0;
    /// Ids of requests (signals, cancel requests) that took effect.
    std::unordered_set<std::string> seen_requests{};

    std::set<wakeup> wakeups{};
    /// Due time a wake-up is registered under, by (kind, event id).
    std::map<std::pair<wakeup_kind, std::int64_t>, wall_time> wakeup_times{};

    [[nodiscard]] const run_key& key() const noexcept { return execution.key; }
    [[nodiscard]] bool running() const noexcept { return execution.running(); }
    [[nodiscard]] std::int64_t last_event_id() const noexcept { return execution.next_event_id - 1; }
};

/// What the state holds of how the run was started, in memory. It is the dearest part to measure, and never changes.
[[nodiscard]] std::size_t start_bytes(const run_state& state) noexcept;
/// What the state holds in memory, for bounded caches. Walks the whole state but for its start, which takes `start_bytes`.
[[nodiscard]] std::size_t memory_bytes(const run_state& state, std::size_t start_bytes) noexcept;
/// The same estimated from the number of things in it, at once.
[[nodiscard]] std::size_t counted_bytes(const run_state& state) noexcept;

}  // namespace perdure::history
