#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sdk/replayer/replay_session.hpp"

namespace perdure::detail {

/// One of many: a report, or why the file is of no use.
struct bulk_result {
    std::filesystem::path file;
    std::optional<replay_report> report{};
    std::optional<history_error> trouble{};
    double seconds = 0;

    [[nodiscard]] bool ok() const noexcept { return report && report->ok(); }
};

/// What came of all together.
struct bulk_summary {
    std::size_t fit = 0;
    std::size_t bad = 0;
    std::size_t events = 0;
    std::size_t warnings = 0;
    std::map<std::string, std::size_t> by_number{};  // PD-1001 and the like; "unusable" for files that are no history
};

/// Replays files on several threads at once; memory does not grow with their number. `done` gets each result as it comes, one
/// at a time, with the number of those that are done.
[[nodiscard]] bulk_summary replay_all(const std::vector<std::filesystem::path>& files, const replay_settings& settings,
                                      unsigned jobs,
                                      const std::function<void(const bulk_result& result, std::size_t done)>& done);

}  // namespace perdure::detail
