#pragma once

#include <variant>

#include "api/proto.hpp"

namespace perdure::detail {

struct activity_completed {
    pb::common::Payloads result;
};
struct activity_failed {
    pb::failure::Failure failure;
};
struct activity_cancelled {
    pb::common::Payloads details;
};
/// Somebody else completes the activity, by its token or its id.
struct activity_completes_later {};

/// What came of an activity.
using activity_answer = std::variant<activity_completed, activity_failed, activity_cancelled, activity_completes_later>;

}  // namespace perdure::detail
