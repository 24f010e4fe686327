#pragma once

#include <string_view>

namespace perdure::server {

inline constexpr std::string_view worker_stream_path = "/api/v1/worker-stream";
inline constexpr std::string_view worker_subprotocol = "perdure.worker.v1";

}  // namespace perdure::server
