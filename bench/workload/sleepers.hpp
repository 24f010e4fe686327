#pragma once

#include <cstddef>
#include <perdure/client.hpp>

#include "bench/stage/server_process.hpp"

namespace perdure::bench {

/// Starts so many workflows that sleep for a year and, in the midst of them, one that waits for a letter; returns when all
/// wait. The worker that took them there has stopped then.
void put_to_sleep(const client& via, std::size_t count);

/// The workflow that waits for a letter.
inline constexpr const char* waiting_inbox = "waiting-inbox";

/// How many runs the server counts as open.
[[nodiscard]] double count_running(const server_process& server);

}  // namespace perdure::bench
