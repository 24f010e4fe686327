#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "api/assert.hpp"
#include "api/proto.hpp"
#include "api/varint.hpp"

namespace perdure {

/// A message of a worker, as it waits to be sent and for its reply.
using worker_message = std::shared_ptr<const pb::worker::WorkerMessage>;

/// Appends a message to the bytes of a FromWorker frame. Frames may be joined: the messages of one followed by those of the next
/// are those of both.
inline void append_to_frame(std::string& frame, const pb::worker::WorkerMessage& message) {
    constexpr std::uint64_t delimited = 2;
    constexpr std::uint64_t field = pb::worker::FromWorker::kMessagesFieldNumber;
    append_varint(frame, field << 3U | delimited);
    const std::size_t size = message.ByteSizeLong();
    append_varint(frame, size);
    const std::size_t before = frame.size();
    frame.resize(before + size);
    const auto* end = message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(frame.data() + before));
    PERDURE_ASSERT(end == reinterpret_cast<std::uint8_t*>(frame.data() + frame.size()), "a message has the size that it says");
}

}  // namespace perdure
