#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "api/message_field.hpp"
#include "api/proto.hpp"
#include "api/varint.hpp"

namespace perdure {

/// A message of a worker, as it waits to be sent and for its reply.
using worker_message = std::shared_ptr<const pb::worker::WorkerMessage>;

/// The frame of these messages, for a server that takes messages and not bytes.
[[nodiscard]] inline pb::worker::FromWorker frame_of(const std::vector<worker_message>& messages) {
    pb::worker::FromWorker frame;
    for (const worker_message& message : messages) *frame.add_messages() = *message;
    return frame;
}

/// Appends a message to the bytes of a FromWorker frame. Frames may be joined: the messages of one followed by those of the next
/// are those of both. The message has not changed since its size was asked for, if it was.
inline void append_to_frame(std::string& frame, const pb::worker::WorkerMessage& message) {
    const int known = message.GetCachedSize();
    const std::size_t size = known > 0 ? static_cast<std::size_t>(known) : message.ByteSizeLong();
    append_message_field(frame, pb::worker::FromWorker::kMessagesFieldNumber, message, size);
}

/// How many bytes that appends.
[[nodiscard]] inline std::size_t bytes_in_frame(const pb::worker::WorkerMessage& message) {
    return field_bytes(pb::worker::FromWorker::kMessagesFieldNumber, message.ByteSizeLong());
}

}  // namespace perdure
