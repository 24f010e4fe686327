#pragma once

#include "api/proto.hpp"

namespace perdure::detail {

/// What a failure is called whose message is hidden.
inline constexpr const char* encoded_failure_message = "Encoded failure";

/// Moves message and stack of this failure alone, not of its causes, into `encoded_attributes`, as Temporal's
/// EncodeCommonAttributes does. A failure whose attributes are hidden already stays as it is.
void hide_attributes(pb::failure::Failure& failure);

/// The reverse. Attributes that nobody here can read are kept: it may be somebody else who can.
void restore_attributes(pb::failure::Failure& failure);

}  // namespace perdure::detail
