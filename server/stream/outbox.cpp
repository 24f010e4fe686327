#include "server/stream/outbox.hpp"

#include <utility>

#include "api/message_field.hpp"

namespace perdure::server {
void outbox::put(const pb::worker::ServerMessage& message) {
    // Frames may be joined: FromServer{a} followed by FromServer{b} is FromServer{a, b}.
    constexpr int field = pb::worker::FromServer::kMessagesFieldNumber;
    const std::size_t size = message.ByteSizeLong();
    const std::size_t encoded = field_bytes(field, size);
    if (frames_.empty() || frames_.back().size() + encoded > full_frame_bytes) frames_.emplace_back();
    append_message_field(frames_.back(), field, message, size);
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
