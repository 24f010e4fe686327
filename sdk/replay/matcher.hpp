#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "api/proto.hpp"
#include "perdure/mismatch.hpp"
#include "sdk/replay/replay_rules.hpp"
#include "sdk/workflow/commands.hpp"

namespace perdure::detail {

/// Commands that were made and whose events have not been seen yet, in order; compares the two.
///
/// At each level the kinds are compared, the id and last part of the type's name of an activity, the id of a timer, the name
/// of a marker, as Temporal does. Markers of mutable side effects and of patches are not compared. Arguments and options are
/// compared for commands that were replayed; for those that have just been sent the event is their echo.
class command_matcher {
  public:
    /// Called before the commands of a task are compared.
    void set_rules(const replay_rules& rules, std::chrono::milliseconds run_timeout) noexcept {
        rules_ = rules;
        run_timeout_ = run_timeout;
    }

    /// The commands of a task that was replayed.
    void expect_replayed(std::vector<command_entry> made);
    /// The commands of a task whose answer is on its way; their messages are gone.
    void expect_sent(std::vector<command_entry> made);

    /// The command that the event records, if it belongs to one. Throws nondeterminism_error if the next command is another.
    [[nodiscard]] std::optional<command_entry> match(const pb::history::HistoryEvent& event);

    /// After the last event of a task's commands. Throws nondeterminism_error if a command has no event.
    void finish(std::int64_t event_id);

    /// What has not been compared yet.
    [[nodiscard]] const std::deque<command_entry>& waiting() const noexcept { return waiting_; }

    /// Differences that the level lets pass, each with the number that it would have above; at most a hundred.
    [[nodiscard]] std::vector<mismatch>& warnings() noexcept { return warnings_; }

    [[nodiscard]] std::size_t bytes() const noexcept;

  private:
    void skip_uncompared();
    void compare_details(const command_entry& command, const pb::history::HistoryEvent& event);

    std::deque<command_entry> waiting_;
    std::vector<mismatch> warnings_;
    replay_rules rules_;
    std::chrono::milliseconds run_timeout_{0};
};

}  // namespace perdure::detail
