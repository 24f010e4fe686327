#pragma once

#include <string>
#include <vector>

#include "history_service/engine/commands/check.hpp"
#include "history_service/engine/mutation.hpp"

namespace perdure::history {

/// Turns checked commands into events, in their order.
class command_executor {
  public:
    /// `identity` is the worker's, which some events name.
    command_executor(mutation& change, std::int64_t completed_event_id, const std::string& identity);

    /// They give up their payloads, and should lie on the arena of the record.
    void execute(command_list& commands);

    /// An activity nobody had taken was cancelled: the workflow must hear of it without waiting for anything.
    [[nodiscard]] bool cancelled_at_once() const noexcept { return cancelled_at_once_; }
    /// Activities that should start on the worker that answers, by activity id.
    [[nodiscard]] const std::vector<std::string>& eager_activities() const noexcept { return eager_; }

  private:
    [[nodiscard]] pb::history::HistoryEvent& event_for(pb::command::Command& command, pb::enums::EventType type) const;
    void schedule_activity(pb::command::Command& command);
    void cancel_activity(pb::command::Command& command);
    void start_timer(pb::command::Command& command);
    void cancel_timer(pb::command::Command& command);
    void record_marker(pb::command::Command& command);
    void upsert_attributes(pb::command::Command& command);
    void modify_properties(pb::command::Command& command);
    void complete_run(pb::command::Command& command);
    void fail_run(pb::command::Command& command);
    void cancel_run(pb::command::Command& command);
    void continue_run(pb::command::Command& command);

    mutation& change_;
    std::int64_t completed_event_id_;
    const std::string& identity_;
    bool cancelled_at_once_ = false;
    std::vector<std::string> eager_{};
};

}  // namespace perdure::history
