#pragma once

#include <string>
#include <vector>

#include <perdure/replayer.hpp>

#include "edit.hpp"
#include "naming.hpp"

namespace perdure::mutations {

/// All edits of tests/mutations/edits that must be caught, or those that must stay quiet.
std::vector<edit> edits(bool quiet);

/// Replays the history of a story with the edited code.
replay_report replay(const edit& change, const std::string& story, int level);

touched touched_by(const edit& change);

}  // namespace perdure::mutations
