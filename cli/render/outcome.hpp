#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "api/proto.hpp"
#include "cli/render/proto_json.hpp"

namespace perdure::cli {

/// What is told about a closed run besides its close event.
struct run_summary {
    std::string workflow_id{};
    std::string run_id{};
    std::string type{};
    std::string space{};
    std::string task_queue{};
    std::optional<std::chrono::milliseconds> duration{};
};

/// "COMPLETED", "FAILED", "TIMEOUT", "CANCELED", "TERMINATED" or "CONTINUED_AS_NEW", as Temporal's CLI calls them.
[[nodiscard]] std::string close_status(const pb::history::HistoryEvent& close);

/// The card under "Results:".
[[nodiscard]] std::string render_outcome(const run_summary& run, const pb::history::HistoryEvent& close, bool colour);

/// The document of `workflow result` and `workflow execute`, with the members of Temporal's CLI.
[[nodiscard]] ordered_json outcome_json(const run_summary& run, const pb::history::HistoryEvent& close, payload_form form);

}  // namespace perdure::cli
