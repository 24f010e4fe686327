#pragma once

/// @file
/// Protobuf messages as payloads. Include it where a contract names a message; nothing else of the SDK needs protobuf.

#include <google/protobuf/message.h>

#include <concepts>
#include <string>

#include <perdure/payload.hpp>

namespace perdure {

namespace detail {

template <class T>
concept protobuf_message = std::derived_from<T, google::protobuf::Message> && !std::same_as<T, google::protobuf::Message>;

[[nodiscard]] raw_payload encode_message(const google::protobuf::Message& message);
void decode_message(const raw_payload& stored, google::protobuf::Message& into);

}  // namespace detail

/// Messages travel as json/protobuf, which other SDKs and people can read; binary/protobuf is read too.
template <detail::protobuf_message T>
struct codec<T> {
    static raw_payload encode(const T& message) { return detail::encode_message(message); }
    static T decode(const raw_payload& stored) {
        T message;
        detail::decode_message(stored, message);
        return message;
    }
};

}  // namespace perdure
