#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace perdure {

/// The binary form of a message, the same for equal messages: maps are sorted by key, which protobuf alone does not promise.
[[nodiscard]] std::string deterministic_bytes(const google::protobuf::Message& message);

}  // namespace perdure
