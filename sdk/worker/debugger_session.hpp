#pragma once

#include <functional>

#include "api/proto.hpp"
#include "sdk/replay/replay_watcher.hpp"

namespace perdure::detail {

/// Replays a history so that a debugger can lead it from event to event; see sdk/replay/debug_replay.hpp.
///
/// `replay` is called with the watcher to use: first in a child process, whose output is dropped, to learn where each event
/// comes, then here. It must do the same both times, and start no thread. Gives what `replay` gives here.
int replay_for_debugger(const pb::history::History& history, const std::function<int(replay_watcher&)>& replay);

}  // namespace perdure::detail
