#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>

#include "api/json_value.hpp"

namespace perdure::detail {

struct enum_reading {
    /// None for a name that the enum does not have.
    std::optional<int> number{};
    /// The enum has a value of this number.
    bool known = false;
};

/// The value that JSON names: `EVENT_TYPE_TIMER_FIRED`, `TIMER_FIRED`, `TimerFired`, or its number.
[[nodiscard]] enum_reading read_enum_value(const google::protobuf::EnumDescriptor& type, const json_value& in);

/// "one of A, B, C", for messages; long lists are cut.
[[nodiscard]] std::string enum_choices(const google::protobuf::EnumDescriptor& type);

}  // namespace perdure::detail
