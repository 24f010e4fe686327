#pragma once

#include <string>
#include <vector>

#include "api/codec.hpp"
#include "api/proto.hpp"
#include "api/raw_payload.hpp"

// Between values and the contract's Payload messages.

namespace perdure {

[[nodiscard]] pb::common::Payload to_proto(raw_payload payload);
[[nodiscard]] raw_payload from_proto(const pb::common::Payload& payload);
[[nodiscard]] raw_payload from_proto(pb::common::Payload&& payload);

[[nodiscard]] pb::common::Payloads to_proto(std::vector<raw_payload> payloads);
[[nodiscard]] std::vector<raw_payload> from_proto(const pb::common::Payloads& payloads);
[[nodiscard]] std::vector<raw_payload> from_proto(pb::common::Payloads&& payloads);

/// A payload with the encoding json/plain. The text must be JSON.
[[nodiscard]] pb::common::Payload json_payload(std::string json);

/// The metadata entry "encoding"; empty when there is none.
[[nodiscard]] const std::string& encoding_of(const pb::common::Payload& payload) noexcept;

/// One value as a Payload message. Throws payload_error as codec<T> does.
template <payload T>
[[nodiscard]] pb::common::Payload to_payload(const T& value) {
    return to_proto(encode(value));
}

template <payload T>
[[nodiscard]] T from_payload(const pb::common::Payload& stored) {
    return decode<T>(from_proto(stored));
}

/// The payloads of one input or result.
template <class T>
[[nodiscard]] pb::common::Payloads to_payloads(const T& value) {
    return to_proto(detail::encode_arguments(value));
}

/// One input or result from its payloads; `T` may be void. Throws payload_error if their number or bytes do not fit.
template <class T>
[[nodiscard]] T from_payloads(const pb::common::Payloads& stored) {
    return detail::decode_arguments<T>(from_proto(stored));
}

}  // namespace perdure
