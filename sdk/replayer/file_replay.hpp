#pragma once

#include <filesystem>

#include "sdk/replayer/replay_session.hpp"

namespace perdure::detail {

/// Replays the history in a file as it is read; memory does not grow with the file. When it does not fit, a file of up to 256 MiB
/// is replayed again as a whole, for the full report. Throws history_error.
[[nodiscard]] replay_report replay_file(const std::filesystem::path& file, const replay_settings& settings);

}  // namespace perdure::detail
