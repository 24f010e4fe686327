#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/proto.hpp"
#include "api/result.hpp"
#include "history_service/engine/environment.hpp"
#include "history_service/engine/state.hpp"

namespace perdure::history {

/// Why a workflow task is failed for what it commands.
struct task_failure {
    pb::enums::WorkflowTaskFailedCause cause{};
    /// For the worker's log and the history: the cause's name, what is wrong, what to do.
    std::string message{};
};

using command_list = google::protobuf::RepeatedPtrField<pb::command::Command>;

/// Refuses commands behind a closing one. Such an answer is not even a failure of the task.
[[nodiscard]] result<done> check_sequence(const command_list& commands);

/// Judges the commands of one workflow task before anything changes, so that they take effect all or not at all. It knows
/// what the earlier commands of the list will have done. Defaults are filled into the commands on the way.
class command_checker {
  public:
    /// `completed_event_id` is what the id of the task's completed event will be; each command gets one of the next.
    command_checker(const run_state& state, const environment& env, std::int64_t completed_event_id);

    [[nodiscard]] std::optional<task_failure> check(command_list& commands);

    /// Whether events came that the workflow has not seen, and that no command took back.
    [[nodiscard]] bool has_unread_events() const noexcept { return unread_events_; }

  private:
    using verdict = std::optional<task_failure>;

    verdict check_one(pb::command::Command& command);
    verdict check_schedule_activity(pb::command::ScheduleActivityTaskCommandAttributes& command);
    verdict check_cancel_activity(const pb::command::RequestCancelActivityTaskCommandAttributes& command);
    verdict check_start_timer(pb::command::StartTimerCommandAttributes& command);
    verdict check_cancel_timer(const pb::command::CancelTimerCommandAttributes& command);
    verdict check_marker(const pb::command::RecordMarkerCommandAttributes& command);
    verdict check_upsert(pb::command::UpsertWorkflowSearchAttributesCommandAttributes& command);
    verdict check_properties(const pb::command::ModifyWorkflowPropertiesCommandAttributes& command);
    verdict check_close(const pb::command::Command& command);
    verdict check_continue_as_new(pb::command::ContinueAsNewWorkflowExecutionCommandAttributes& command);

    const run_state& state_;
    const environment& env_;
    std::int64_t next_event_id_;
    /// Activities of earlier commands, by id.
    std::map<std::string, std::int64_t> scheduled_{};
    /// Pending activities of the state that an earlier command ended.
    std::set<std::int64_t> gone_{};
    /// Those, and activities of earlier commands that another one ended.
    std::set<std::int64_t> ended_{};
    /// Started activities that an earlier command asked to stop.
    std::set<std::int64_t> cancelled_{};
    std::set<std::string> started_timers_{};
    std::set<std::string> stopped_timers_{};
    std::set<std::string> removed_from_buffer_{};
    std::size_t buffered_;
    bool unread_events_;
    pb::common::Memo memo_{};
    pb::common::SearchAttributes attributes_{};
    bool touched_memo_ = false;
    bool touched_attributes_ = false;
};

/// "BadScheduleActivityAttributes": the name of a cause as messages show it.
[[nodiscard]] std::string cause_name(pb::enums::WorkflowTaskFailedCause cause);

/// A failure whose message is the cause's name and the sentence.
[[nodiscard]] task_failure fail_with(pb::enums::WorkflowTaskFailedCause cause, const std::string& sentence);

/// The failure that goes into the history.
[[nodiscard]] pb::failure::Failure to_failure(const task_failure& failure);

/// Whether the command ends the run.
[[nodiscard]] bool closes_run(pb::enums::CommandType type) noexcept;

}  // namespace perdure::history
