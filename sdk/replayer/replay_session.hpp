#pragma once

#include <functional>
#include <optional>
#include <string>

#include <perdure/replayer.hpp>

#include "sdk/replay/replay_watcher.hpp"
#include "sdk/replay/workflow_registry.hpp"
#include "sdk/replay/workflow_run.hpp"
#include "sdk/replayer/event_source.hpp"
#include "sdk/vocabulary/payload_conversion.hpp"

namespace perdure::detail {

/// What a replay needs besides the history.
struct replay_settings {
    /// Where workflow types are looked for, in this order.
    std::vector<const workflow_registry*> types{};
    replay_level level = replay_level::arguments;
    const std::map<std::string, replay_level, std::less<>>* level_of = nullptr;
    std::shared_ptr<const payload_conversion> conversion{};
    replay_watcher* watcher = nullptr;
    /// Called now and then with the position in the source.
    std::function<void(std::size_t position)> progress{};
};

/// What one replay came to; replay_report is made of it.
struct replay_outcome {
    replay_verdict verdict = replay_verdict::fits;
    std::string message{};
    std::string stack{};
    std::optional<mismatch> found{};
    std::vector<mismatch> warnings{};
    std::size_t events = 0;
    /// The last event, if the history ends inside of a workflow task: what that task did is not in it.
    std::int64_t ends_inside = 0;
};

/// Replays events as they are read, a few hundred in memory at a time. Throws history_error of the source.
[[nodiscard]] replay_outcome replay_events(event_source& source, const std::string& name, const replay_settings& settings);

/// Replays a history that is in memory as a whole: its reports show more of the surroundings.
[[nodiscard]] replay_outcome replay_history(const pb::history::History& whole, const replay_settings& settings);

}  // namespace perdure::detail
