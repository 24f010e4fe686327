#pragma once

#include <string>

#include <perdure/client.hpp>

#include "api/proto.hpp"

namespace perdure::detail {

/// The whole history of a run, the latest one when `run_id` is empty. Throws service_error.
[[nodiscard]] pb::history::History fetch_history(const client& via, const std::string& workflow_id, const std::string& run_id);

}  // namespace perdure::detail
