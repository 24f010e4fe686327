#pragma once

#include <cstddef>
#include <string>

#include "api/proto.hpp"

namespace perdure::detail {

/// Whether a message would not fit into a frame of `max_frame_bytes`.
[[nodiscard]] bool too_large(const google::protobuf::Message& message, std::size_t max_frame_bytes);

/// What is said instead of an answer that no frame can hold: results become failures that say so, failures are cut, details
/// are dropped. A message that is sent and never fits would end every connection, so that its task would be stuck.
/// `name` is the thing in words: "activity order.charge".
[[nodiscard]] pb::worker::WorkerMessage smaller_answer(pb::worker::WorkerMessage message, const std::string& name,
                                                       std::size_t max_frame_bytes);

/// The failure of an activity whose result cannot be taken, for the reason given. Another attempt would make it again.
[[nodiscard]] pb::failure::Failure result_refused(const std::string& name, const std::string& reason);

}  // namespace perdure::detail
