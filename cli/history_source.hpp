#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "api/proto.hpp"
#include "cli/session.hpp"

namespace perdure::cli {

struct history_request {
    std::string workflow_id;
    std::string run_id;
    /// Wait for further events until the run closes, and go on with the run it continues as.
    bool follow = false;
    bool reverse = false;
};

/// Passes the events of a run on, page by page. Throws command_error.
void read_history(session& shared, const history_request& request,
                  const std::function<void(const pb::history::HistoryEvent&)>& take);

/// Waits until the workflow closes and gives the event that closed it, of the last run of a chain.
[[nodiscard]] pb::history::HistoryEvent wait_for_close(session& shared, const std::string& workflow_id,
                                                       const std::string& run_id);

/// The run that follows on a close event, by continue-as-new, retry or schedule; empty if none does.
[[nodiscard]] std::string next_run(const pb::history::HistoryEvent& close);

[[nodiscard]] bool is_close_event(pb::enums::EventType type) noexcept;

}  // namespace perdure::cli
