#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "api/proto.hpp"
#include "api/result.hpp"

namespace perdure::server {

/// Decodes one frame from a worker. Any bytes may be passed: what is not a FromWorker is refused with a sentence.
[[nodiscard]] result<std::shared_ptr<pb::worker::FromWorker>> decode_frame(std::span<const std::byte> bytes);

}  // namespace perdure::server
