#pragma once

#include <map>
#include <optional>

#include "history_service/engine/environment.hpp"
#include "history_service/engine/transition.hpp"

namespace perdure::history {

/// One input at work: every change is applied to the state as it is made and goes into the record. Which tasks came to
/// wait for workers, or ceased to, follows from the state before and after, so rows and offers cannot drift from it.
///
/// Whoever makes one has already decided that the input is accepted: there is no way back.
class mutation {
  public:
    /// `record` is new; the commands that become events may lie on its arena already.
    mutation(run_state& state, const environment& env, record_ptr record = new_record());
    mutation(const mutation&) = delete;
    mutation& operator=(const mutation&) = delete;
    ~mutation() = default;

    [[nodiscard]] const run_state& state() const noexcept { return state_; }
    [[nodiscard]] const environment& env() const noexcept { return env_; }
    [[nodiscard]] wall_time now() const noexcept { return env_.now; }

    // Events and changes lie on the record's arena, where they are made and from where they are written.

    /// An event of the present, without id. Give it attributes, then `add` it.
    [[nodiscard]] pb::history::HistoryEvent& event(pb::enums::EventType type);

    /// Makes the event history and returns its id; or buffers it, and returns 0, if it must wait for a started task.
    std::int64_t add(pb::history::HistoryEvent& event);

    /// Buffers the event although no task is started: it becomes history with the next flush.
    void buffer(pb::history::HistoryEvent& event);

    /// A change that is not history. Say which, then `put` it.
    [[nodiscard]] journal::Change& change();
    /// Applies the change.
    void put(journal::Change& change);

    /// Gives the buffered events their ids, completions last. True if there were any.
    bool flush_buffer();

    /// Names the start (`start_id`) whose worker this input came from: it need not be told that its attempt is over.
    void answered_by(const std::string& start) { answering_start_ = start; }
    void emit(effect consequence) { transition_.consequences.push_back(std::move(consequence)); }
    void refuse(service_failure failure) { transition_.refusal = std::move(failure); }
    void succeed_by(created_run successor);

    /// The transition, complete with what follows from before and after. The state's invariants hold, or this aborts.
    [[nodiscard]] transition finish();

  private:
    struct task_before {
        task_before() = default;
        task_before(const activity_state& activity, std::optional<outstanding_task> task);

        std::optional<outstanding_task> waiting{};
        /// A worker has it, by this start.
        bool started = false;
        std::string request_id{};
        wall_time started_time{};
        std::int32_t attempt = 1;
        std::string activity_id{};
    };

    void touch(std::int64_t scheduled_event_id);
    void settle_tasks();

    run_state& state_;
    const environment& env_;
    transition transition_{};
    std::int64_t first_event_id_;
    bool was_running_;
    std::optional<outstanding_task> workflow_task_before_{};
    std::map<std::int64_t, task_before> activities_before_{};
    std::optional<pb::history::HistoryEvent> close_event_{};
    std::string answering_start_{};
};

/// The pending workflow task, if it waits for a worker.
[[nodiscard]] std::optional<outstanding_task> waiting_workflow_task(const run_state& state);
/// The activity, if it waits for a worker.
[[nodiscard]] std::optional<outstanding_task> waiting_activity(const run_state& state, const activity_state& activity);

}  // namespace perdure::history
