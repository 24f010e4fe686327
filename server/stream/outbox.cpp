#include "server/stream/outbox.hpp"

#include <google/protobuf/wire_format_lite.h>

#include <utility>

#include "api/assert.hpp"
#include "api/varint.hpp"

namespace perdure::server {
namespace {

// A field's encodings may be joined: FromServer{a} followed by FromServer{b} is FromServer{a, b}.
void append_encoded(std::string& frame, const pb::worker::ServerMessage& message) {
    using google::protobuf::internal::WireFormatLite;
    constexpr std::uint32_t tag =
        (pb::worker::FromServer::kMessagesFieldNumber << 3U) | WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    static_assert(tag < 0x80U, "the tag of FromServer.messages is one byte");
    const auto size = static_cast<std::uint32_t>(message.ByteSizeLong());
    frame += static_cast<char>(tag);
    append_varint(frame, size);
    const std::size_t before = frame.size();
    frame.resize(before + size);
    auto* const from = reinterpret_cast<std::uint8_t*>(frame.data() + before);
    const std::uint8_t* const end = message.SerializeWithCachedSizesToArray(from);
    PERDURE_ASSERT(end == from + size, "a message is as long as it says");
}

}  // namespace

void outbox::put(const pb::worker::ServerMessage& message) {
    if (frames_.empty() || frames_.back().size() >= full_frame_bytes) frames_.emplace_back();
    std::string& frame = frames_.back();
    const std::size_t before = frame.size();
    append_encoded(frame, message);
    bytes_ += frame.size() - before;
}

std::string outbox::take() {
    if (frames_.empty()) return {};
    std::string frame = std::move(frames_.front());
    frames_.pop_front();
    bytes_ -= frame.size();
    return frame;
}

}  // namespace perdure::server
