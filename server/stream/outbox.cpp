#include "server/stream/outbox.hpp"

#include <google/protobuf/wire_format_lite.h>

#include <utility>

#include "api/assert.hpp"
#include "api/varint.hpp"

namespace perdure::server {
namespace {

using google::protobuf::internal::WireFormatLite;

// A field's encodings may be joined: FromServer{a} followed by FromServer{b} is FromServer{a, b}.
constexpr std::uint32_t messages_tag =
    (pb::worker::FromServer::kMessagesFieldNumber << 3U) | WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
static_assert(messages_tag < 0x80U, "the tag of FromServer.messages is one byte");

void append_encoded(std::string& frame, const pb::worker::ServerMessage& message, std::size_t size) {
    frame += static_cast<char>(messages_tag);
    append_varint(frame, size);
    const std::size_t before = frame.size();
    frame.resize(before + size);
    auto* const from = reinterpret_cast<std::uint8_t*>(frame.data() + before);
    const std::uint8_t* const end = message.SerializeWithCachedSizesToArray(from);
    PERDURE_ASSERT(end == from + size, "a message is as long as it says");
}

}  // namespace

void outbox::put(const pb::worker::ServerMessage& message) {
    const std::size_t size = message.ByteSizeLong();
    const std::size_t encoded = 1 + WireFormatLite::LengthDelimitedSize(size);
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
