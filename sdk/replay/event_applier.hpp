#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "api/proto.hpp"
#include "sdk/replay/matcher.hpp"
#include "sdk/workflow/run.hpp"

namespace perdure::detail {

/// Turns history events into what they mean for a run: which operation an event settles, and with what.
class event_applier {
  public:
    /// An event that a command of the last task made. Throws nondeterminism_error if the run made another command.
    void apply_command_event(run& target, const pb::history::HistoryEvent& event);

    /// Any other event; the caller drains the run afterwards. Throws nondeterminism_error for events that this SDK cannot replay.
    void apply(run& target, const pb::history::HistoryEvent& event);

    /// Values that the markers of a completed task had recorded, before it is replayed.
    static void note_marker(run& target, const pb::history::HistoryEvent& event);

    [[nodiscard]] command_matcher& matcher() noexcept { return matcher_; }
    [[nodiscard]] std::size_t bytes() const noexcept;

  private:
    struct known_operation {
        std::uint32_t slot = 0;
        std::uint32_t generation = 0;
        std::string activity_name{};
        std::string activity_id{};
        int attempt = 0;
    };

    known_operation settle_of(std::int64_t recorded_by, const pb::history::HistoryEvent& event);
    [[nodiscard]] static std::exception_ptr activity_error(const known_operation& operation, const pb::failure::Failure& cause,
                                                           pb::enums::RetryState state, std::int64_t scheduled,
                                                           std::int64_t started, const std::string& identity);

    command_matcher matcher_;
    std::unordered_map<std::int64_t, known_operation> operations_;  // by the event that recorded the command
};

}  // namespace perdure::detail
