#pragma once

#include <memory>
#include <optional>
#include <string>

#include <perdure/payload_codec.hpp>

#include "api/proto.hpp"

namespace perdure::detail {

/// Carries out what a data_conversion asks for, on messages as they go over the wire. Thread safe, as its codecs are.
class payload_conversion {
  public:
    /// Nothing when there is nothing to do. Throws std::invalid_argument for a codec that is null.
    [[nodiscard]] static std::shared_ptr<const payload_conversion> of(data_conversion how);

    // Both return why it could not be done: a sentence with the codec's name. The message is half done then and of no use.
    [[nodiscard]] std::optional<std::string> encode(google::protobuf::Message& message) const;
    [[nodiscard]] std::optional<std::string> decode(google::protobuf::Message& message) const;

  private:
    explicit payload_conversion(data_conversion how);

    data_conversion how_;
};

/// The type of failures that report a codec's error; their messages are never encoded.
inline constexpr const char* payload_codec_failed = "PayloadCodecFailed";

/// The failure for a sentence of `payload_conversion`: another attempt may succeed, since codecs ask other services.
[[nodiscard]] pb::failure::Failure make_codec_failure(std::string sentence);

}  // namespace perdure::detail
