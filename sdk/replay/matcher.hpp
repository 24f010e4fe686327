#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "api/proto.hpp"
#include "sdk/workflow/commands.hpp"

namespace perdure::detail {

/// Commands that were made and whose events have not been seen yet, in order; compares the two.
///
/// What is compared is what Temporal compares: the kind, and the id and last part of the type's name of an activity, the id of a
/// timer, the name of a marker. Inputs, durations, queues and policies may change. Markers of mutable side effects and the
/// event that ends the run are not compared.
class command_matcher {
  public:
    /// The commands of a task, sent or replayed.
    void expect(std::deque<command_entry> made);

    /// The command that the event records, if it belongs to one. Throws nondeterminism_error if the next command is another.
    [[nodiscard]] std::optional<command_entry> match(const pb::history::HistoryEvent& event);

    /// After the last event of a task's commands. Throws nondeterminism_error if a command has no event.
    void finish(std::int64_t event_id);

    [[nodiscard]] std::size_t bytes() const noexcept;

  private:
    void skip_uncompared();

    std::deque<command_entry> waiting_;
};

/// In words, for reports: `activity payment.charge (id 2)`.
[[nodiscard]] std::string describe(const command_entry& command);
[[nodiscard]] std::string describe(const pb::history::HistoryEvent& event);

}  // namespace perdure::detail
