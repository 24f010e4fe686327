#pragma once

#include <functional>
#include <memory>

#include "server/node/node.hpp"

namespace perdure::server {

/// What stands in a node's place while this server has none: every operation is refused, and worker sessions are closed at once.
/// `refusal` is asked for the reason each time; it should be one that is worth asking again for, here or elsewhere.
[[nodiscard]] std::unique_ptr<node> make_absent_node(std::function<service_failure()> refusal);

}  // namespace perdure::server
