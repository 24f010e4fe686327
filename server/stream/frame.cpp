#include "server/stream/frame.hpp"

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <limits>

#include "api/on_arena.hpp"

namespace perdure::server {
namespace {

// Protobuf keeps what it does not know, and would take any garbage that happens to look like unknown fields.
bool has_unknown_only(const pb::worker::FromWorker& frame) {
    return frame.messages().empty() && !frame.GetReflection()->GetUnknownFields(frame).empty();
}

}  // namespace

result<std::shared_ptr<pb::worker::FromWorker>> decode_frame(std::span<const std::byte> bytes) {
    const auto frame = make_on_arena<pb::worker::FromWorker>(bytes.size());
    const bool fits = bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
    if (!fits || !frame->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || has_unknown_only(*frame))
        return service_failure{status_code::invalid_argument,
                               "a frame of " + std::to_string(bytes.size()) +
                                   " bytes is not a perdure.worker.v1.FromWorker message; send one protobuf message a frame"};
    return frame;
}

}  // namespace perdure::server
