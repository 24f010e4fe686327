#pragma once

#include "api/json_value.hpp"
#include "api/json_writer.hpp"
#include "api/proto.hpp"

// Payloads as plain JSON.

namespace perdure::detail {

/// Whether the JSON is a payload written in full: base64 metadata with an encoding, and perhaps data.
[[nodiscard]] bool is_full_payload(const json_value& json);

/// Any JSON as a payload: null as binary/null, an object with "_protoMessageType" as json/protobuf, the rest as json/plain.
void read_shorthand(const json_value& json, pb::common::Payload& into);

/// Writes the payload as the JSON it holds and returns true; returns false, having written nothing, for a payload whose
/// shorthand would not be read back as the same value.
[[nodiscard]] bool write_shorthand(const pb::common::Payload& payload, json_writer& out);

}  // namespace perdure::detail
