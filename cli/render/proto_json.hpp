#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "api/proto.hpp"

namespace perdure::cli {

using ordered_json = nlohmann::ordered_json;

enum class payload_form : std::uint8_t {
    /// A payload that holds JSON stands as that JSON, as Temporal's HTTP API and CLI write it.
    shorthand,
    /// Metadata and bytes in base64: nothing is lost, and SDKs can read it.
    raw,
};

/// A message as proto-JSON.
[[nodiscard]] ordered_json proto_json(const google::protobuf::Message& message, payload_form form);

/// The values of a list of payloads: the value itself if it is one, a list if they are more, null if none.
[[nodiscard]] ordered_json friendly_json(const pb::common::Payloads& payloads);

/// `{"payloads":[...]}` in the other form, for JSON that is proto-JSON already.
[[nodiscard]] ordered_json with_shorthand(ordered_json value);

}  // namespace perdure::cli
