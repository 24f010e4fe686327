#pragma once

#include <memory>
#include <string>

#include "perdure/worker.hpp"
#include "sdk/client/connection.hpp"
#include "sdk/worker/core/types.hpp"
#include "sdk/worker/workflow_thread.hpp"

namespace perdure::detail {

// What a worker's options mean to its parts.

[[nodiscard]] std::shared_ptr<meter> make_meter(const worker_options& options, const std::string& space);

[[nodiscard]] core_options to_core(const worker_options& options, const registrations& registered, connection& via);

[[nodiscard]] std::shared_ptr<workflow_surroundings> surround(const worker_options& options, const registrations& registered,
                                                              const core_options& core, std::shared_ptr<log_lines> lines,
                                                              std::shared_ptr<meter> measurements);

}  // namespace perdure::detail
