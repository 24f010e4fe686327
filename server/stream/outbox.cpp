#include "server/stream/outbox.hpp"

#include <utility>

#include "api/assert.hpp"
#include "api/varint.hpp"

namespace perdure::server {
namespace {

// A field's encodings may be joined: FromServer{a} followed by FromServer{b} is FromServer{a, b}.
void append_encoded(std::string& frame, const pb::worker::ServerMessage& message, std::size_t size) {
    append_field_head(frame, pb::worker::FromServer::kMessagesFieldNumber, size);
    const std::size_t before = frame.size();
    frame.resize(before + size);
    auto* const from = reinterpret_cast<std::uint8_t*>(frame.data() + before);
    const std::uint8_t* const end = message.SerializeWithCachedSizesToArray(from);
    PERDURE_ASSERT(end == from + size, "a message is as long as it says");
}

}  // namespace

void outbox::put(const pb::worker::ServerMessage& message) {
    const std::size_t size = message.ByteSizeLong();
    const std::size_t encoded = field_bytes(pb::worker::FromServer::kMessagesFieldNumber, size);
    if (frames_.empty() || frames_.back().size() + encoded > full_frame_bytes) frames_.emplace_back();
    append_encoded(frames_.back(), message, size);
    bytes_ += encoded;
}

std::string outbox::take() {
    if (frames_.empty()) return {};
    std::string frame = std::move(frames_.front());
    frames_.pop_front();
    bytes_ -= frame.size();
    return frame;
}

}  // namespace perdure::server
