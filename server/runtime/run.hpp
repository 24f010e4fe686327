#pragma once

#include <cstdint>
#include <functional>

#include "server/config/options.hpp"

namespace perdure::server {

/// Runs a server until a signal ends it. Answers the process's exit code: 0 after a drain, 1 when it could not start (the log
/// says why). `ready` is called once it serves, with the port.
[[nodiscard]] int run(const options& from, const std::function<void(std::uint16_t port)>& ready = {});

}  // namespace perdure::server
